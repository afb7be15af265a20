import { backgroundOf, isPlainWhite, ruleOf } from './backgrounds.js';
import type { Background } from './backgrounds.js';
import { multiply, toMatrix } from './matrix.js';
import type { Matrix } from './matrix.js';
import type { PageOperators } from './operators.js';
import { showText } from './show-text.js';
import type { ListedGlyph, PlacedGlyph } from './show-text.js';
import { INITIAL_STATE, startOfText } from './text-state.js';
import type { PageFont, TextPosition, TextState } from './text-state.js';

/** Everything on a page that text extraction needs, still in the order of drawing. */
export interface PageGlyphs {
  /** Text that is painted. */
  painted: PlacedGlyph[];
  /** White text, with the number of backgrounds that were painted before it. */
  white: { glyph: PlacedGlyph; backgrounds: number }[];
  /** Text in rendering mode 3, as programs for character recognition write it over a picture. */
  unpainted: PlacedGlyph[];
  /** Glyphs of layers that are switched off, transparent glyphs. */
  concealed: number;
  backgrounds: Background[];
  /** Thin horizontal lines. */
  rules: Background[];
  /** Number of painted paths; text that was converted to outlines has many. */
  paths: number;
}

export interface PageContext {
  /** From the coordinates of the page to points from its upper left corner. */
  viewport: Matrix;
  fontOf(id: string, glyphs: readonly (ListedGlyph | number)[] | null): PageFont | null;
  isLayerVisible(group: unknown): boolean;
}

/** Executes the operators of a page as far as they place text. */
export class PageGlyphReader {
  private state: TextState;
  private readonly saved: TextState[] = [];
  private position: TextPosition = startOfText();
  private readonly layers: boolean[] = [];
  private maskDepth = 0;
  private fontId = '';
  private readonly result: PageGlyphs = {
    painted: [],
    white: [],
    unpainted: [],
    concealed: 0,
    backgrounds: [],
    rules: [],
    paths: 0,
  };

  constructor(private readonly page: PageContext) {
    this.state = { ...INITIAL_STATE, ctm: page.viewport };
  }

  read(operators: PageOperators): PageGlyphs {
    operators.forEach((name, args) => this.execute(name, args));
    return this.result;
  }

  private execute(name: string, args: readonly unknown[]): void {
    if (this.executeText(name, args)) return;
    switch (name) {
      case 'save':
        this.saved.push({ ...this.state });
        break;
      case 'restore':
        this.state = this.saved.pop() ?? this.state;
        break;
      case 'transform':
        this.state.ctm = multiply(this.state.ctm, toMatrix(args));
        break;
      case 'paintFormXObjectBegin':
        this.saved.push({ ...this.state });
        if (args[0]) this.state.ctm = multiply(this.state.ctm, toMatrix(args[0]));
        break;
      case 'paintFormXObjectEnd':
        this.state = this.saved.pop() ?? this.state;
        break;
      default:
        this.executePaint(name, args);
    }
  }

  private executeText(name: string, args: readonly unknown[]): boolean {
    const number = Number(args[0]);
    switch (name) {
      case 'beginText':
        this.position = startOfText();
        return true;
      case 'setCharSpacing':
        this.state.charSpacing = number;
        return true;
      case 'setWordSpacing':
        this.state.wordSpacing = number;
        return true;
      case 'setHScale':
        this.state.horizontalScale = number / 100;
        return true;
      case 'setLeading':
        this.state.leading = -number;
        return true;
      case 'setTextRise':
        this.state.rise = number;
        return true;
      case 'setTextRenderingMode':
        this.state.renderingMode = number;
        return true;
      case 'setFont':
        this.setFont(String(args[0]), Number(args[1]));
        return true;
      default:
        return this.executeMove(name, args);
    }
  }

  private executeMove(name: string, args: readonly unknown[]): boolean {
    switch (name) {
      case 'setTextMatrix':
        this.position = startOfText(toMatrix(args[0]));
        return true;
      case 'setLeadingMoveText':
        this.state.leading = Number(args[1]);
        this.moveText(Number(args[0]), Number(args[1]));
        return true;
      case 'moveText':
        this.moveText(Number(args[0]), Number(args[1]));
        return true;
      case 'nextLine':
        this.moveText(0, this.state.leading);
        return true;
      case 'showText':
        this.show(args[0] as (ListedGlyph | number)[]);
        return true;
      default:
        return false;
    }
  }

  private executePaint(name: string, args: readonly unknown[]): void {
    switch (name) {
      case 'setFillRGBColor':
        this.state.fill = String(args[0]).toLowerCase();
        break;
      case 'setFillColorN':
        this.state.fill = 'pattern';
        break;
      case 'setGState':
        this.setGraphicsState(args[0] as [string, unknown][]);
        break;
      case 'constructPath':
        this.result.paths += 1;
        this.addBackground(args);
        break;
      case 'shadingFill':
        this.result.backgrounds.push({ left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity });
        break;
      case 'beginMarkedContent':
      case 'beginMarkedContentProps':
        this.layers.push(args[0] !== 'OC' || this.page.isLayerVisible(args[1]));
        break;
      case 'endMarkedContent':
        this.layers.pop();
        break;
      case 'beginGroup':
        if (this.maskDepth > 0 || (args[0] as { smask?: unknown } | undefined)?.smask) this.maskDepth += 1;
        break;
      case 'endGroup':
        this.maskDepth = Math.max(0, this.maskDepth - 1);
    }
  }

  private setFont(id: string, size: number): void {
    this.fontId = id;
    this.state.font = this.page.fontOf(id, null);
    this.state.fontSize = size;
  }

  private moveText(x: number, y: number): void {
    this.position.lineX += x;
    this.position.lineY += y;
    this.position.x = this.position.lineX;
    this.position.y = this.position.lineY;
  }

  private setGraphicsState(entries: readonly [string, unknown][]): void {
    for (const [key, value] of entries) {
      if (key === 'ca') this.state.alpha = Number(value);
      if (key === 'Font' && Array.isArray(value)) this.setFont(String(value[0]), Number(value[1]));
    }
  }

  private addBackground(args: readonly unknown[]): void {
    const rule = ruleOf(args, this.state.ctm);
    if (rule) this.result.rules.push(rule);
    if (this.state.alpha === 0 || isPlainWhite(this.state.fill)) return;
    const background = backgroundOf(args, this.state.ctm);
    if (background) this.result.backgrounds.push(background);
  }

  private show(items: readonly (ListedGlyph | number)[]): void {
    if (this.state.font) this.state.font = this.page.fontOf(this.fontId, items) ?? this.state.font;
    const glyphs = showText(items, this.state, this.position);
    const { result } = this;
    if (this.maskDepth > 0) return;
    if (this.state.alpha === 0 || this.layers.includes(false)) result.concealed += glyphs.length;
    else if (this.state.renderingMode === 3) result.unpainted.push(...glyphs);
    else if (isPlainWhite(this.state.fill) && this.state.renderingMode === 0) {
      const backgrounds = result.backgrounds.length;
      for (const glyph of glyphs) result.white.push({ glyph, backgrounds });
    } else for (const glyph of glyphs) result.painted.push(glyph);
  }
}
