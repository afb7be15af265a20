import { toLetters, toRoman } from '@/modules/knowledge/extraction/number-formats.js';
import { toInteger } from './styles.js';
import { replacePrivateUse } from './symbols.js';
import { childElements, childNamed, childrenNamed, flagOf, valueOf } from './xml-reader.js';
import type { XmlElement } from './xml-reader.js';

interface NumberingLevel {
  start: number;
  format: string;
  /** For example `%1.%2)`. */
  text: string;
  /** The level after which this one restarts; 0 for never, undefined for each higher level. */
  restart: number | undefined;
  isLegal: boolean;
  paragraphStyle: string | undefined;
}

type Levels = Map<number, NumberingLevel>;

interface Numbering {
  abstractId: string;
  levels: Levels;
  startOverrides: Map<number, number>;
}

const DEEPEST_LEVEL = 8;

/** Numbers the paragraphs of a document, in reading order, as its lists define. */
export class ListNumbering {
  private readonly numberings = new Map<string, Numbering>();
  private readonly counters = new Map<string, Map<number, number>>();
  private readonly started = new Set<string>();

  constructor(root: XmlElement | null) {
    const definitions = readAbstractNumberings(root);
    for (const element of childrenNamed(root ?? undefined, 'w:num')) {
      const id = element.attributes['w:numId'];
      const abstractId = valueOf(element, 'w:abstractNumId');
      if (id === undefined || abstractId === undefined) continue;
      this.numberings.set(id, readNumbering(element, abstractId, definitions.get(abstractId)));
    }
  }

  /** Returns the level that a numbering links to a paragraph style. */
  levelOfStyle(numberingId: string, styleIds: readonly string[]): number | undefined {
    const levels = this.numberings.get(numberingId)?.levels ?? new Map<number, NumberingLevel>();
    for (const [level, { paragraphStyle }] of levels) {
      if (paragraphStyle !== undefined && styleIds.includes(paragraphStyle)) return level;
    }
    return undefined;
  }

  /** Counts a paragraph and returns the number or sign before it; null when the numbering does not exist. */
  next(numberingId: string, level: number): string | null {
    const numbering = this.numberings.get(numberingId);
    const definition = numbering?.levels.get(level);
    if (numbering === undefined || definition === undefined) return null;
    const counters = this.startNumbering(numberingId, numbering);
    counters.set(level, (counters.get(level) ?? definition.start - 1) + 1);
    for (let deeper = level + 1; deeper <= DEEPEST_LEVEL; deeper += 1) {
      const restart = numbering.levels.get(deeper)?.restart;
      if (restart === undefined || (restart > 0 && level < restart)) counters.delete(deeper);
    }
    return render(numbering.levels, definition, counters);
  }

  /** A numbering that overrides the start restarts the count of the list when it is used for the first time. */
  private startNumbering(id: string, numbering: Numbering): Map<number, number> {
    const counters = this.counters.get(numbering.abstractId) ?? new Map<number, number>();
    this.counters.set(numbering.abstractId, counters);
    if (this.started.has(id)) return counters;
    this.started.add(id);
    for (const [level, start] of numbering.startOverrides) counters.set(level, start - 1);
    return counters;
  }
}

function readAbstractNumberings(root: XmlElement | null): Map<string, Levels> {
  const elements = childrenNamed(root ?? undefined, 'w:abstractNum');
  const levelsOfStyle = new Map<string, Levels>();
  for (const element of elements) {
    const style = valueOf(element, 'w:styleLink');
    if (style !== undefined) levelsOfStyle.set(style, readLevels(element));
  }
  return new Map(
    elements.map((element) => {
      const linked = levelsOfStyle.get(valueOf(element, 'w:numStyleLink') ?? '');
      return [element.attributes['w:abstractNumId'] ?? '', linked ?? readLevels(element)];
    }),
  );
}

function readNumbering(element: XmlElement, abstractId: string, inherited: Levels | undefined): Numbering {
  const levels: Levels = new Map(inherited);
  const startOverrides = new Map<number, number>();
  for (const override of childrenNamed(element, 'w:lvlOverride')) {
    const level = toInteger(override.attributes['w:ilvl']) ?? 0;
    const start = toInteger(valueOf(override, 'w:startOverride'));
    if (start !== undefined) startOverrides.set(level, start);
    for (const [key, definition] of readLevels(override)) levels.set(key, definition);
  }
  return { abstractId, levels, startOverrides };
}

function readLevels(element: XmlElement): Levels {
  const levels: Levels = new Map();
  for (const level of childrenNamed(element, 'w:lvl')) {
    const fonts = childNamed(childNamed(level, 'w:rPr'), 'w:rFonts')?.attributes;
    const text = childNamed(level, 'w:lvlText')?.attributes['w:val'] ?? '';
    levels.set(toInteger(level.attributes['w:ilvl']) ?? 0, {
      start: toInteger(valueOf(level, 'w:start')) ?? 0,
      format: numberFormat(level),
      text: replacePrivateUse(text, fonts?.['w:ascii'] ?? fonts?.['w:hAnsi'] ?? ''),
      restart: toInteger(valueOf(level, 'w:lvlRestart')),
      isLegal: flagOf(level, 'w:isLgl') ?? false,
      paragraphStyle: valueOf(level, 'w:pStyle'),
    });
  }
  return levels;
}

/** Newer formats stand in a choice with an older one as fallback. */
function numberFormat(level: XmlElement): string {
  const stated = valueOf(level, 'w:numFmt');
  if (stated !== undefined) return stated;
  const alternatives = childNamed(level, 'mc:AlternateContent');
  const formats =
    alternatives === undefined ? [] : childElements(alternatives).map((one) => valueOf(one, 'w:numFmt'));
  return formats.at(-1) ?? 'decimal';
}

function render(
  levels: Levels,
  { format, text, isLegal }: NumberingLevel,
  counters: Map<number, number>,
): string {
  if (format === 'bullet') return text === 'o' ? '○' : text;
  return text.replace(/%([1-9])/g, (_match, digit: string) => {
    const level = Number(digit) - 1;
    const definition = levels.get(level);
    if (definition === undefined) return '';
    const value = counters.get(level) ?? definition.start;
    return formatNumber(isLegal ? 'decimal' : definition.format, value);
  });
}

export function formatNumber(format: string, value: number): string {
  switch (format) {
    case 'none':
    case 'bullet':
      return '';
    case 'lowerRoman':
      return toRoman(value);
    case 'upperRoman':
      return toRoman(value).toUpperCase();
    case 'lowerLetter':
      return toRepeatedLetter(value);
    case 'upperLetter':
      return toRepeatedLetter(value).toUpperCase();
    case 'decimalZero':
      return String(value).padStart(2, '0');
    case 'ordinal':
      return `${value}${ordinalSuffix(value)}`;
    default:
      return String(value);
  }
}

/** Word continues after z with aa, bb, cc. */
function toRepeatedLetter(value: number): string {
  if (value < 1 || value > 780) return String(value);
  return toLetters(((value - 1) % 26) + 1).repeat(Math.floor((value - 1) / 26) + 1);
}

function ordinalSuffix(value: number): string {
  if (Math.floor((value % 100) / 10) === 1) return 'th';
  return ['th', 'st', 'nd', 'rd'][value % 10] ?? 'th';
}
