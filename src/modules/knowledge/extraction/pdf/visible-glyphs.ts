import { isCovered } from './backgrounds.js';
import type { Glyph, GlyphGroup } from './glyph.js';
import type { PageGlyphs } from './page-glyphs.js';
import type { PlacedGlyph } from './show-text.js';
import { dropStruckText } from './struck-text.js';

export interface PageSize {
  width: number;
  height: number;
}

export interface VisibleGlyphs {
  groups: GlyphGroup[];
  /** Whether text was left out that a reader cannot see. */
  hidden: boolean;
}

/** Text smaller than this cannot be read on paper or on a screen. */
const SMALLEST_SIZE = 1;

/**
 * Chooses the glyphs that a reader sees. White text counts as seen on any background, and everywhere when the page has
 * a picture, whose place is not known. Text that is not painted is the text of a scan when the page shows a picture
 * and next to no text; otherwise it is hidden.
 */
export function selectVisibleGlyphs(page: PageGlyphs, size: PageSize, hasPicture: boolean): VisibleGlyphs {
  const white = page.white.filter(
    ({ glyph, backgrounds }) =>
      hasPicture ||
      isCovered(glyph.x + glyph.dx / 2, glyph.y - glyph.size / 3, page.backgrounds, backgrounds),
  );
  const painted = [...page.painted, ...white.map(({ glyph }) => glyph)];
  const visible = dropStruckText(keepReadable(painted, size), page.rules);
  const scanned = keepReadable(page.unpainted, size);
  const isScan = visible.length === 0 || (hasPicture && visible.length * 10 < scanned.length);
  const hiddenCount =
    page.concealed +
    countInk(page.white.map(({ glyph }) => glyph)) -
    countInk(white.map(({ glyph }) => glyph)) +
    countInk(painted) -
    countInk(visible) +
    (isScan ? 0 : countInk(page.unpainted));
  return { groups: groupByDirection(isScan ? [...visible, ...scanned] : visible), hidden: hiddenCount > 0 };
}

/** Keeps glyphs of readable size on the page, and those beyond its edge that end or begin a line on the page. */
function keepReadable(glyphs: readonly PlacedGlyph[], page: PageSize): PlacedGlyph[] {
  const readable = glyphs.filter(
    ({ x, y, dx, dy, size }) => [x, y, dx, dy, size].every(Number.isFinite) && size >= SMALLEST_SIZE,
  );
  const baselines = new Set(readable.filter((glyph) => isOnPage(glyph, page)).map(({ y }) => Math.round(y)));
  return readable.filter((glyph) => baselines.has(Math.round(glyph.y)) || isOnPage(glyph, page));
}

function isOnPage({ x, y, dx, dy, size }: PlacedGlyph, page: PageSize): boolean {
  const [left, right] = [Math.min(x, x + dx), Math.max(x, x + dx)];
  return right >= 0 && left <= page.width && y - size <= page.height && Math.max(y, y + dy) >= 0;
}

const countInk = (glyphs: readonly PlacedGlyph[]): number =>
  glyphs.reduce((count, glyph) => count + (glyph.text.trim() === '' ? 0 : 1), 0);

/** Groups glyphs by the angle of their line; the group with the most glyphs comes first. */
export function groupByDirection(placed: readonly PlacedGlyph[]): GlyphGroup[] {
  const groups = new Map<number, Glyph[]>();
  let angle = 0;
  for (const glyph of placed) {
    angle = angleOf(glyph) ?? angle;
    const turned = angle === 0 ? glyph : turn(glyph, angle);
    const group = groups.get(angle);
    if (group) group.push(turned);
    else groups.set(angle, [turned]);
  }
  return [...groups]
    .map(([of, glyphs]) => ({ angle: of, glyphs }))
    .sort((a, b) => b.glyphs.length - a.glyphs.length);
}

/**
 * Returns the angle in whole degrees; angles close to a multiple of 90 become that multiple. A mark without an advance
 * has no direction of its own: null.
 */
function angleOf({ dx, dy }: PlacedGlyph): number | null {
  if (dy === 0 && dx > 0.01) return 0;
  if (Math.hypot(dx, dy) <= 0.01) return null;
  const degrees = Math.round((Math.atan2(dy, dx) * 180) / Math.PI);
  const quarter = Math.round(degrees / 90) * 90;
  return ((Math.abs(degrees - quarter) <= 3 ? quarter : degrees) + 360) % 360;
}

function turn({ text, x, y, dx, dy, size, font }: PlacedGlyph, angle: number): Glyph {
  const radians = (-angle * Math.PI) / 180;
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  const width = Math.max(0, dx * cos - dy * sin);
  return { text, x: x * cos - y * sin, y: x * sin + y * cos, width, size, font };
}
