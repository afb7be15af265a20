import type { Glyph } from './glyph.js';
import { apply, lengthOf, multiply } from './matrix.js';
import type { PageFont, TextPosition, TextState } from './text-state.js';

/** The stroke of Ł, which TeX prints over an L. */
const POLISH_STROKE = '\u0337';

/** A glyph of the operator list of pdf.js. */
export interface ListedGlyph {
  unicode: string;
  width: number;
  isSpace: boolean;
  vmetric?: ArrayLike<number> | null;
}

/** A glyph on the page, in the coordinates of the page with y downwards. */
export interface PlacedGlyph extends Glyph {
  font: PageFont;
  /** Vector from the origin of the glyph to the end of its advance. */
  dx: number;
  dy: number;
}

/**
 * Places the glyphs of one operator that shows text, and moves the position behind them, as chapter 9.4 of the
 * standard (ISO 32000) defines it. Numbers between glyphs are adjustments in thousandths of the font size.
 */
export function showText(
  items: readonly (ListedGlyph | number)[],
  state: TextState,
  position: TextPosition,
): PlacedGlyph[] {
  const { font } = state;
  if (!font) return [];
  const matrix = multiply(state.ctm, position.matrix);
  const size = Math.abs(state.fontSize) * lengthOf(matrix, 0, 1) * font.em;
  const placed: PlacedGlyph[] = [];
  for (const item of items) {
    if (typeof item === 'number') {
      advance(position, state, (-item * state.fontSize) / 1000, font.vertical);
      continue;
    }
    const [x, y] = apply(matrix, ...originOf(item, state, position, font));
    const spacing = state.charSpacing + (item.isSpace ? state.wordSpacing : 0);
    const length = glyphLength(item, state, font);
    const [dx, dy] = font.vertical
      ? [matrix[2] * length, matrix[3] * length]
      : [matrix[0] * length * state.horizontalScale, matrix[1] * length * state.horizontalScale];
    const text = item.isSpace && font.hasStroke ? POLISH_STROKE : item.unicode;
    if (text !== '') placed.push({ text, x, y, width: Math.max(0, dx), size, font, dx, dy });
    advance(position, state, font.vertical ? length - spacing : length + spacing, font.vertical);
  }
  return placed;
}

function glyphLength(glyph: ListedGlyph, state: TextState, font: PageFont): number {
  if (!font.vertical) return glyph.width * state.fontSize * font.unit;
  return (glyph.vmetric?.[0] ?? -1000) * state.fontSize * font.unit;
}

function originOf(
  glyph: ListedGlyph,
  state: TextState,
  position: TextPosition,
  font: PageFont,
): [number, number] {
  if (!font.vertical) return [position.x, position.y + state.rise];
  return [position.x + state.rise, position.y - (glyph.width / 4) * state.fontSize * font.unit];
}

function advance(position: TextPosition, state: TextState, length: number, vertical: boolean): void {
  if (vertical) position.y += length;
  else position.x += length * state.horizontalScale;
}
