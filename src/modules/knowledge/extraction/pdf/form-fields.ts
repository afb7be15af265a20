import { apply } from './matrix.js';
import type { Matrix } from './matrix.js';
import type { PlacedGlyph } from './show-text.js';
import type { PageFont } from './text-state.js';

/** The parts of an annotation of pdf.js that a field of a form has. */
export interface FormAnnotation {
  subtype?: string;
  fieldType?: string | null;
  fieldValue?: unknown;
  fieldFlags?: number;
  hidden?: boolean;
  password?: boolean;
  checkBox?: boolean;
  radioButton?: boolean;
  exportValue?: string;
  buttonValue?: string | null;
  options?: { exportValue?: string | null; displayValue?: string }[];
  contentsObj?: { str?: string };
  rect?: ArrayLike<number>;
}

const FONT: PageFont = {
  name: '',
  bold: false,
  monospace: false,
  vertical: false,
  hasStroke: false,
  unit: 0.001,
  em: 1,
};
/** Width of a letter, relative to the font size. */
const LETTER_WIDTH = 0.45;
const CHECKED = '☒';
const UNCHECKED = '☐';
const MAX_VALUE = 100_000;

/** Returns the text that a reader sees in a field, null of fields without text. */
export function textOfField(annotation: FormAnnotation): string | null {
  const { subtype, fieldType, fieldValue } = annotation;
  if (annotation.hidden || annotation.password) return null;
  if (subtype === 'FreeText') return annotation.contentsObj?.str?.trim() || null;
  if (subtype !== 'Widget') return null;
  if (fieldType === 'Btn') return textOfButton(annotation);
  const values = (Array.isArray(fieldValue) ? fieldValue : [fieldValue]).filter(
    (value): value is string => typeof value === 'string' && value !== '',
  );
  if (values.length === 0) return null;
  const shown = values.map(
    (value) => annotation.options?.find((option) => option.exportValue === value)?.displayValue ?? value,
  );
  return shown.join(', ').slice(0, MAX_VALUE).trim() || null;
}

function textOfButton({
  checkBox,
  radioButton,
  fieldValue,
  exportValue,
  buttonValue,
}: FormAnnotation): string | null {
  if (checkBox) return fieldValue === exportValue && fieldValue !== 'Off' ? CHECKED : UNCHECKED;
  if (radioButton) return fieldValue !== null && fieldValue === buttonValue ? CHECKED : UNCHECKED;
  return null;
}

/**
 * Returns the values of the fields, each line as one glyph at its place. `baselines` are those of the text of the page: a value
 * stands on the line of the text that its field is next to.
 */
export function placeFields(
  annotations: readonly FormAnnotation[],
  viewport: Matrix,
  baselines: readonly number[],
): PlacedGlyph[] {
  return annotations.flatMap((annotation) => {
    const text = textOfField(annotation);
    if (text === null || !annotation.rect) return [];
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = Array.from(annotation.rect);
    const [ax, ay] = apply(viewport, x0, y0);
    const [bx, by] = apply(viewport, x1, y1);
    const box = {
      left: Math.min(ax, bx),
      top: Math.min(ay, by),
      right: Math.max(ax, bx),
      bottom: Math.max(ay, by),
    };
    return placeLines(text.split(/\r\n|[\r\n]/), box, baselines);
  });
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

function placeLines(lines: readonly string[], box: Box, baselines: readonly number[]): PlacedGlyph[] {
  const height = (box.bottom - box.top) / lines.length;
  const size = Math.min(12, Math.max(4, 0.8 * height));
  return lines.map((text, index) => {
    const bottom = box.top + height * (index + 1);
    const own = bottom - 0.25 * Math.min(height, 1.25 * size);
    const y = lines.length === 1 ? nearest(baselines, own, box) : own;
    const width = Math.min(LETTER_WIDTH * size * text.length, box.right - box.left);
    return { text, x: box.left, y, width, dx: width, dy: 0, size, font: FONT };
  });
}

function nearest(baselines: readonly number[], own: number, { top, bottom }: Box): number {
  let best = own;
  let distance = Infinity;
  for (const baseline of baselines) {
    if (baseline < top || baseline > bottom + 3 || Math.abs(baseline - own) >= distance) continue;
    best = baseline;
    distance = Math.abs(baseline - own);
  }
  return best;
}
