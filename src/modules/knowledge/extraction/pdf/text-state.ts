import { IDENTITY } from './matrix.js';
import type { Matrix } from './matrix.js';

/** A font as the operator list names it. */
export interface PageFont {
  name: string;
  bold: boolean;
  monospace: boolean;
  vertical: boolean;
  /** Whether the code of the blank stands for the stroke of Ł: the fonts of TeX have no blank. */
  hasStroke: boolean;
  /** Width of the glyph unit in text space, 0.001 for all fonts but those of type 3. */
  unit: number;
  /** Size of the em square relative to the font size. */
  em: number;
}

/** The part of the graphics state that text depends on; saved and restored as a whole. */
export interface TextState {
  ctm: Matrix;
  font: PageFont | null;
  fontSize: number;
  charSpacing: number;
  wordSpacing: number;
  horizontalScale: number;
  leading: number;
  rise: number;
  renderingMode: number;
  fill: string;
  alpha: number;
}

export const INITIAL_STATE: TextState = {
  ctm: IDENTITY,
  font: null,
  fontSize: 0,
  charSpacing: 0,
  wordSpacing: 0,
  horizontalScale: 1,
  leading: 0,
  rise: 0,
  renderingMode: 0,
  fill: '#000000',
  alpha: 1,
};

/** The place of the next glyph and of the current line, in text space. */
export interface TextPosition {
  matrix: Matrix;
  x: number;
  y: number;
  lineX: number;
  lineY: number;
}

export const startOfText = (matrix: Matrix = IDENTITY): TextPosition => ({
  matrix,
  x: 0,
  y: 0,
  lineX: 0,
  lineY: 0,
});
