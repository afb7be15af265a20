import { formatNumber } from './numbering.js';
import { childElements, childNamed, valueOf } from './xml-reader.js';
import type { XmlElement } from './xml-reader.js';

export interface Note {
  mark: string;
  content: XmlElement[];
}

/** The footnotes or the endnotes of a document, numbered in the order of their references. */
export class Notes {
  private readonly byId = new Map<string, XmlElement>();
  private count = 0;

  constructor(
    root: XmlElement | null,
    private readonly format: string,
  ) {
    for (const note of root === null ? [] : childElements(root)) {
      const type = note.attributes['w:type'] ?? 'normal';
      const id = note.attributes['w:id'];
      if (type === 'normal' && id !== undefined) this.byId.set(id, note);
    }
  }

  /** Returns the note of a reference; `hasOwnMark` tells that the text itself shows a mark such as an asterisk. */
  refer(id: string | undefined, hasOwnMark: boolean): Note | null {
    const note = id === undefined ? undefined : this.byId.get(id);
    if (note === undefined) return null;
    if (!hasOwnMark) this.count += 1;
    return { mark: hasOwnMark ? '' : formatNumber(this.format, this.count), content: childElements(note) };
  }
}

/** Returns the number format that the settings of a document state for `w:footnotePr` or `w:endnotePr`. */
export function noteFormat(settings: XmlElement | null, properties: string, usual: string): string {
  return valueOf(childNamed(settings ?? undefined, properties), 'w:numFmt') ?? usual;
}
