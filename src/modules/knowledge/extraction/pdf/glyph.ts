/** The font of a glyph, as far as it says something about the text. */
export interface GlyphFont {
  bold: boolean;
  monospace: boolean;
}

/** A character, or a ligature, at its place. Lengths are points; y grows downwards and is the baseline. */
export interface Glyph {
  text: string;
  x: number;
  y: number;
  width: number;
  /** Height of the em square. */
  size: number;
  font: GlyphFont;
}

/** Glyphs of a page that are written in one direction, turned so that the direction is horizontal. */
export interface GlyphGroup {
  /** Clockwise angle of the direction on the page, in degrees. */
  angle: number;
  glyphs: Glyph[];
}

export const isBlank = (glyph: Glyph): boolean => glyph.text.trim() === '';

/** Returns the smallest x and the largest right edge of glyphs, at least one. */
export function extentOf(glyphs: readonly Glyph[]): { left: number; right: number } {
  let left = Infinity;
  let right = -Infinity;
  for (const glyph of glyphs) {
    left = Math.min(left, glyph.x);
    right = Math.max(right, glyph.x + glyph.width);
  }
  return { left, right };
}

/** Returns the middle of sorted copies of `values`, or `fallback` of none. */
export function median(values: readonly number[], fallback = 0): number {
  if (values.length === 0) return fallback;
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? fallback;
}
