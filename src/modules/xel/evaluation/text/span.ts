/** A part of a text. Offsets are UTF-16 code units, the end is exclusive. */
export interface Span {
  start: number;
  end: number;
  text: string;
}

/** Returns the part of a text between two offsets. */
export function toSpan(text: string, start: number, end: number): Span {
  return { start, end, text: text.slice(start, end) };
}
