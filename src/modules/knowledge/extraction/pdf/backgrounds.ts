import { apply } from './matrix.js';
import type { Matrix } from './matrix.js';

/** A filled area that is not white, by its bounding box on the page. */
export interface Background {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** White, or so close to it that a reader sees no letters on paper. */
export function isPlainWhite(color: string): boolean {
  return /^#(?:f[c-f]){3}$/.test(color);
}

/** Paths that end with one of these operators of pdf.js are filled: fill, eoFill, fillStroke and the like. */
const FILLS = new Set([22, 23, 24, 25, 26, 27]);

/** The same for paths whose outline is drawn: stroke, closeStroke. */
const STROKES = new Set([20, 21]);
/** A line is not higher than this, in points. */
const RULE_HEIGHT = 2;

/** Returns the bounding box of a path that is filled, null of other paths. */
export function backgroundOf(args: readonly unknown[], ctm: Matrix): Background | null {
  return FILLS.has(Number(args[0])) && args[2] ? boundsOf(args[2] as ArrayLike<number>, ctm) : null;
}

/** Returns the bounding box of a path that shows a thin horizontal line, null of other paths. */
export function ruleOf(args: readonly unknown[], ctm: Matrix): Background | null {
  const operator = Number(args[0]);
  if (!(FILLS.has(operator) || STROKES.has(operator)) || !args[2]) return null;
  const bounds = boundsOf(args[2] as ArrayLike<number>, ctm);
  return bounds.bottom - bounds.top <= RULE_HEIGHT && bounds.right - bounds.left > RULE_HEIGHT
    ? bounds
    : null;
}

function boundsOf(bounds: ArrayLike<number>, ctm: Matrix): Background {
  const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = Array.from(bounds);
  const corners = [apply(ctm, x0, y0), apply(ctm, x1, y1), apply(ctm, x0, y1), apply(ctm, x1, y0)];
  const xs = corners.map(([x]) => x);
  const ys = corners.map(([, y]) => y);
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

/** With more backgrounds, for example of a map, the place of each one says nothing about white text. */
const MAX_BACKGROUNDS = 2000;

/** Whether a point is on one of the first `count` backgrounds. */
export function isCovered(x: number, y: number, backgrounds: readonly Background[], count: number): boolean {
  if (backgrounds.length > MAX_BACKGROUNDS) return true;
  for (let index = Math.min(count, backgrounds.length) - 1; index >= 0; index -= 1) {
    const box = backgrounds[index];
    if (box && x >= box.left && x <= box.right && y >= box.top && y <= box.bottom) return true;
  }
  return false;
}
