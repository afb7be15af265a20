import type { Background } from './backgrounds.js';
import type { PlacedGlyph } from './show-text.js';

/** A line through a letter is between these heights above the baseline, relative to the font size. */
const LOWEST = 0.18;
const HIGHEST = 0.42;
/** With more lines, the page is a drawing, and its lines are not compared. */
const MAX_RULES = 3000;

/**
 * Keeps the glyphs that no line is drawn through. Office programs print the deleted text of tracked changes in this way,
 * directly before the text that replaces it.
 */
export function dropStruckText(glyphs: readonly PlacedGlyph[], rules: readonly Background[]): PlacedGlyph[] {
  if (rules.length === 0 || rules.length > MAX_RULES) return [...glyphs];
  const byHeight = new Map<number, Background[]>();
  for (const rule of rules) {
    const height = Math.round((rule.top + rule.bottom) / 2);
    const list = byHeight.get(height);
    if (list) list.push(rule);
    else byHeight.set(height, [rule]);
  }
  return glyphs.filter((glyph) => !isStruck(glyph, byHeight));
}

function isStruck({ x, y, dx, size }: PlacedGlyph, byHeight: ReadonlyMap<number, Background[]>): boolean {
  const [top, bottom] = [y - HIGHEST * size, y - LOWEST * size];
  for (let height = Math.floor(top); height <= Math.ceil(bottom); height += 1) {
    const isThrough = byHeight.get(height)?.some((rule) => {
      const middle = (rule.top + rule.bottom) / 2;
      return middle >= top && middle <= bottom && rule.left <= x + 0.3 * dx && rule.right >= x + 0.7 * dx;
    });
    if (isThrough) return true;
  }
  return false;
}
