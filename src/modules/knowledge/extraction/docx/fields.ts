import { toInteger } from './styles.js';
import { childNamed, childrenNamed, flagOf, valueOf } from './xml-reader.js';
import type { XmlElement } from './xml-reader.js';

interface OpenField {
  instruction: string;
  isHiding: boolean;
  /** The value of the form field was written, so that its result is not needed. */
  hasValue: boolean;
}

/**
 * Follows the fields of a text. A field consists of an instruction, which is not shown, and a result, which is; the
 * result of a table of contents repeats the headings and is not shown either.
 */
export class FieldStack {
  private readonly open: OpenField[] = [];
  private hiding = 0;

  get showsText(): boolean {
    return this.hiding === 0;
  }

  /** Begins a field and returns the value of a legacy form field, empty for other fields. */
  begin(character: XmlElement): string {
    const value = this.showsText ? formFieldValue(childNamed(character, 'w:ffData')) : null;
    this.open.push({ instruction: '', isHiding: true, hasValue: value !== null });
    this.hiding += 1;
    return value ?? '';
  }

  addInstruction(text: string): void {
    const field = this.open.at(-1);
    if (field !== undefined && field.instruction.length < 200) field.instruction += text;
  }

  separate(): void {
    const field = this.open.at(-1);
    if (field === undefined || !field.isHiding || field.hasValue || isTableOfContents(field.instruction))
      return;
    field.isHiding = false;
    this.hiding -= 1;
  }

  end(): void {
    if (this.open.pop()?.isHiding === true) this.hiding -= 1;
  }
}

export function isTableOfContents(instruction: string): boolean {
  return /^\s*(TOC|INDEX)\b/i.test(instruction);
}

/** Returns what a check box or a drop-down list shows; null for other fields, whose result is their value. */
function formFieldValue(data: XmlElement | undefined): string | null {
  const checkBox = childNamed(data, 'w:checkBox');
  if (checkBox !== undefined) {
    return (flagOf(checkBox, 'w:checked') ?? flagOf(checkBox, 'w:default') ?? false) ? '☒' : '☐';
  }
  const list = childNamed(data, 'w:ddList');
  if (list === undefined) return null;
  const selected = toInteger(valueOf(list, 'w:result')) ?? toInteger(valueOf(list, 'w:default')) ?? 0;
  return childrenNamed(list, 'w:listEntry')[selected]?.attributes['w:val'] ?? '';
}
