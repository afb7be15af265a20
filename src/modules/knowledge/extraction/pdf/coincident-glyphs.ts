import type { Glyph } from './glyph.js';

/** Copies for a bold look or a shadow are at most this far from the original, relative to the font size. */
const COPY_DISTANCE = 0.1;

/**
 * Keeps one of the glyphs that show the same character at the same place. The glyphs are those of one line, sorted from
 * left to right.
 */
export function dropCoincidentGlyphs(sorted: readonly Glyph[]): Glyph[] {
  const kept: Glyph[] = [];
  for (const glyph of sorted) {
    const distance = glyph.size * COPY_DISTANCE;
    let index = kept.length - 1;
    let isCopy = false;
    for (let other = kept[index]; other && glyph.x - other.x <= distance; other = kept[(index -= 1)]) {
      if (isCopyOf(glyph, other, distance)) {
        isCopy = true;
        break;
      }
    }
    if (!isCopy) kept.push(glyph);
  }
  return kept;
}

function isCopyOf(a: Glyph, b: Glyph, distance: number): boolean {
  return a.text === b.text && Math.abs(a.y - b.y) <= distance && Math.abs(a.size - b.size) <= 0.05 * a.size;
}
