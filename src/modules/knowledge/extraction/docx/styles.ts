import { childNamed, childrenNamed, flagOf, valueOf } from './xml-reader.js';
import type { XmlElement } from './xml-reader.js';

/** What a paragraph or a run states about itself, or its style states for it. */
export interface StyleProperties {
  id: string;
  name: string;
  basedOn: string | undefined;
  outlineLevel: number | undefined;
  numberingId: string | undefined;
  numberingLevel: number | undefined;
  paragraph: XmlElement | undefined;
  run: XmlElement | undefined;
}

/** Names of the heading styles in the languages of the programs that write them. */
const HEADING =
  /^(?:heading|überschrift|titre|título|titulo|titolo|kop|rubrik|overskrift|nagłówek|заголовок|otsikko|nadpis|başlık|見出し|标题|標題|제목)\s*([1-9])$/i;
const MAX_ANCESTORS = 20;

/** The styles of a document, with what they take from the styles that they are based on. */
export class Styles {
  private readonly byId = new Map<string, StyleProperties>();
  private defaultParagraphStyle: string | undefined;
  /** The language of text that states no other. */
  readonly language: string | undefined;
  private readonly documentDefaults: XmlElement | undefined;

  constructor(root: XmlElement | null) {
    const defaults = childNamed(childNamed(root ?? undefined, 'w:docDefaults'), 'w:rPrDefault');
    this.documentDefaults = childNamed(defaults, 'w:rPr');
    this.language = valueOf(this.documentDefaults, 'w:lang');
    for (const style of childrenNamed(root ?? undefined, 'w:style')) this.add(style);
  }

  /** Returns a style and those that it is based on, the nearest first. */
  lineage(styleId: string | undefined): StyleProperties[] {
    const lineage: StyleProperties[] = [];
    let next = styleId;
    while (next !== undefined && lineage.length < MAX_ANCESTORS) {
      const style: StyleProperties | undefined = this.byId.get(next);
      if (style === undefined || lineage.includes(style)) break;
      lineage.push(style);
      next = style.basedOn;
    }
    return lineage;
  }

  paragraphLineage(styleId: string | undefined): StyleProperties[] {
    return this.lineage(
      styleId !== undefined && this.byId.has(styleId) ? styleId : this.defaultParagraphStyle,
    );
  }

  /** Returns the properties of a run from its own to the defaults of the document. */
  runProperties(own: XmlElement | undefined, paragraphStyle: string | undefined): XmlElement[] {
    const inherited = [...this.lineage(valueOf(own, 'w:rStyle')), ...this.paragraphLineage(paragraphStyle)];
    return [own, ...inherited.map((style) => style.run), this.documentDefaults].filter(
      (run) => run !== undefined,
    );
  }

  private add(style: XmlElement): void {
    const id = style.attributes['w:styleId'];
    if (id === undefined) return;
    const paragraph = childNamed(style, 'w:pPr');
    const numbering = childNamed(paragraph, 'w:numPr');
    this.byId.set(id, {
      id,
      name: valueOf(style, 'w:name') ?? id,
      basedOn: valueOf(style, 'w:basedOn'),
      outlineLevel: toInteger(valueOf(paragraph, 'w:outlineLvl')),
      numberingId: valueOf(numbering, 'w:numId'),
      numberingLevel: toInteger(valueOf(numbering, 'w:ilvl')),
      paragraph,
      run: childNamed(style, 'w:rPr'),
    });
    const isDefault = /^(1|true|on)$/.test(style.attributes['w:default'] ?? '');
    if (isDefault && style.attributes['w:type'] === 'paragraph') this.defaultParagraphStyle = id;
  }
}

/** Returns the level of a heading, from 1, or null for other paragraphs. */
export function headingLevelOf(
  own: XmlElement | undefined,
  lineage: readonly StyleProperties[],
): number | null {
  const stated = toInteger(valueOf(own, 'w:outlineLvl'));
  if (stated !== undefined) return stated < 9 ? stated + 1 : null;
  for (const { name, outlineLevel } of lineage) {
    if (outlineLevel !== undefined) return outlineLevel < 9 ? outlineLevel + 1 : null;
    if (/^title$/i.test(name)) return 1;
    const digit = HEADING.exec(name)?.[1];
    if (digit !== undefined) return Number(digit);
  }
  return null;
}

export function flagInRuns(runs: readonly XmlElement[], name: string): boolean {
  for (const run of runs) {
    const flag = flagOf(run, name);
    if (flag !== undefined) return flag;
  }
  return false;
}

export function valueInRuns(runs: readonly XmlElement[], name: string): string | undefined {
  for (const run of runs) {
    const value = valueOf(run, name);
    if (value !== undefined) return value;
  }
  return undefined;
}

export function toInteger(value: string | undefined): number | undefined {
  return value !== undefined && /^-?\d{1,9}$/.test(value) ? Number(value) : undefined;
}
