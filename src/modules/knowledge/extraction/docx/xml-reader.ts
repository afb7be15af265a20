import { SaxesParser } from 'saxes';
import { ExtractionFailure } from '@/modules/knowledge/extraction/extracted-document.js';
import { prefixOfNamespace } from './namespaces.js';

/** An element with the usual prefix of its namespace, whatever prefix the file uses. */
export interface XmlElement {
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: (XmlElement | string)[];
}

/** Deepest nesting that is read; text in tables in text boxes of real documents is about forty deep. */
export const MAX_DEPTH = 300;

export interface XmlHandler {
  /** Names of elements whose children are handed over one by one, so that the whole tree is never in memory. */
  containers: ReadonlySet<string>;
  onElement: (element: XmlElement, container: string) => void;
}

/** Reads XML piece by piece. Entities other than the five predefined ones are errors. */
export async function readXml(chunks: AsyncIterable<Uint8Array>, handler: XmlHandler): Promise<void> {
  const reader = new XmlTreeReader(handler);
  let decoder: InstanceType<typeof TextDecoder> | null = null;
  try {
    for await (const chunk of chunks) {
      decoder ??= new TextDecoder(encodingOf(chunk));
      reader.parser.write(decoder.decode(chunk, { stream: true }));
    }
    reader.parser.write(decoder?.decode() ?? '').close();
  } catch (error) {
    if (error instanceof ExtractionFailure) throw error;
    throw new ExtractionFailure('unreadable', 'The document is damaged: it contains invalid XML.');
  }
}

/** Reads a whole file; null when it is empty. */
export async function readXmlTree(chunks: AsyncIterable<Uint8Array>): Promise<XmlElement | null> {
  let isEmpty = true;
  const peeked = (async function* () {
    for await (const chunk of chunks) {
      isEmpty = false;
      yield chunk;
    }
  })();
  let root: XmlElement | null = null;
  try {
    await readXml(peeked, { containers: new Set(), onElement: (element) => (root = element) });
  } catch (error) {
    if (!isEmpty) throw error;
  }
  return root;
}

function encodingOf([first, second]: Uint8Array): string {
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return 'utf-16le';
  return (first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c) ? 'utf-16be' : 'utf-8';
}

class XmlTreeReader {
  readonly parser = new SaxesParser({ position: false });
  private readonly prefixes = new Map<string, string>();
  private readonly open: XmlElement[] = [];

  constructor(private readonly handler: XmlHandler) {
    this.parser.on('error', (error) => {
      throw error;
    });
    this.parser.on('opentag', (tag) => this.enter(tag.name, tag.attributes as Record<string, string>));
    this.parser.on('text', (text) => this.append(text));
    this.parser.on('cdata', (text) => this.append(text));
    this.parser.on('closetag', () => this.leave());
  }

  private enter(name: string, attributes: Record<string, string>): void {
    if (this.open.length >= MAX_DEPTH) {
      throw new ExtractionFailure('too_large', 'The document is nested too deeply.');
    }
    for (const [key, value] of Object.entries(attributes)) {
      const declared = key === 'xmlns' ? '' : /^xmlns:(.+)$/.exec(key)?.[1];
      if (declared !== undefined) this.prefixes.set(declared, prefixOfNamespace(value) ?? declared);
    }
    const named = Object.entries(attributes).map(
      ([key, value]) => [this.canonical(key, false), value] as const,
    );
    this.open.push({ name: this.canonical(name, true), attributes: Object.fromEntries(named), children: [] });
  }

  private append(text: string): void {
    const element = this.open.at(-1);
    if (element === undefined || this.handler.containers.has(element.name)) return;
    if (/:(t|delText|instrText)$/.test(element.name) || text.trim() !== '') element.children.push(text);
  }

  private leave(): void {
    const element = this.open.pop();
    const parent = this.open.at(-1);
    if (element === undefined) return;
    if (parent !== undefined && !this.handler.containers.has(parent.name)) parent.children.push(element);
    else if (!this.handler.containers.has(element.name)) this.handler.onElement(element, parent?.name ?? '');
  }

  private canonical(name: string, isElement: boolean): string {
    const colon = name.indexOf(':');
    if (colon < 0 && !isElement) return name;
    const prefix = this.prefixes.get(name.slice(0, Math.max(colon, 0))) ?? name.slice(0, Math.max(colon, 0));
    return prefix === '' ? name : `${prefix}:${name.slice(colon + 1)}`;
  }
}

export function isXmlElement(node: XmlElement | string | undefined): node is XmlElement {
  return typeof node === 'object';
}

export function childElements(element: XmlElement): XmlElement[] {
  return element.children.filter(isXmlElement);
}

export function childNamed(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child): child is XmlElement => isXmlElement(child) && child.name === name);
}

export function childrenNamed(element: XmlElement | undefined, name: string): XmlElement[] {
  return element === undefined ? [] : childElements(element).filter((child) => child.name === name);
}

/** Returns the attribute `w:val` of a child, for example of `w:pStyle` in `w:pPr`. */
export function valueOf(element: XmlElement | undefined, name: string): string | undefined {
  return childNamed(element, name)?.attributes['w:val'];
}

/** Returns whether a property without value, or with a value other than false, is set; undefined when it is absent. */
export function flagOf(element: XmlElement | undefined, name: string): boolean | undefined {
  const flag = childNamed(element, name);
  return flag === undefined ? undefined : !/^(0|false|off|none)$/.test(flag.attributes['w:val'] ?? 'true');
}

export function ownText(element: XmlElement): string {
  return element.children.filter((child) => typeof child === 'string').join('');
}
