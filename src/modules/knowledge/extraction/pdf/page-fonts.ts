import type { PDFPage } from './pdf-library.js';
import type { ListedGlyph } from './show-text.js';
import type { PageFont } from './text-state.js';

interface LoadedFont {
  name?: string;
  fontMatrix?: ArrayLike<number>;
  vertical?: boolean;
  isType3Font?: boolean;
  isMonospace?: boolean;
}

const BOLD = /bold|black|heavy|demi|(?:^|\+)(?:cmbx|sfbx|cmssbx)/i;
const MONOSPACE = /mono|courier|consol|typewriter|(?:^|\+)(?:cmtt|sftt|ectt)/i;
const COMPUTER_MODERN = /^(?:[A-Z]{6}\+)?CM[A-Z]{1,5}\d{1,2}$/;

/** Fonts of a document, by the id that operator lists use. */
export class PageFonts {
  private readonly fonts = new Map<string, PageFont>();

  /**
   * Returns a font that the page has loaded. The em square of a type 3 font is not stated anywhere; it is estimated
   * from `glyphs`, the first ones that are shown.
   */
  find(page: PDFPage, id: string, glyphs: readonly (ListedGlyph | number)[] | null): PageFont | null {
    const known = this.fonts.get(id);
    if (known && (known.em > 0 || glyphs === null)) return known;
    const loaded = page.commonObjs.has(id) ? (page.commonObjs.get(id) as LoadedFont | null) : null;
    if (!loaded) return null;
    const name = loaded.name ?? '';
    const unit = Math.abs(loaded.fontMatrix?.[0] ?? 0.001) || 0.001;
    const font: PageFont = {
      name,
      bold: BOLD.test(name),
      monospace: MONOSPACE.test(name) || loaded.isMonospace === true,
      vertical: loaded.vertical === true,
      hasStroke: COMPUTER_MODERN.test(name),
      unit,
      em: loaded.isType3Font ? estimateEm(unit, glyphs ?? []) : 1,
    };
    this.fonts.set(id, font);
    return font;
  }
}

function estimateEm(unit: number, glyphs: readonly (ListedGlyph | number)[]): number {
  const widths = glyphs.flatMap((glyph) => (typeof glyph === 'number' || glyph.isSpace ? [] : [glyph.width]));
  if (widths.length === 0) return 0;
  return 2 * unit * (widths.reduce((sum, width) => sum + width, 0) / widths.length);
}
