/** Share of texts whose score by people is meant to be inside of the interval. */
export const COVERAGE = 0.8;
/** With fewer texts, the share inside differs too much from one set to the next. */
export const MIN_TEXTS = 30;

/** A text that people have judged. */
export interface JudgedText {
  /** The score that people gave, from 0 to 100. */
  judged: number;
  /** The score of the evaluator. */
  score: number;
  /** Half of the interval that is assumed for a text of this length. */
  assumedHalf: number;
}

/**
 * Returns the factor of the assumed width with which the scores of COVERAGE of further texts of the same kind are inside of their
 * intervals: split conformal prediction, which needs no assumption about the errors. `texts` has at least MIN_TEXTS.
 */
export function findWidthFactor(texts: readonly JudgedText[]): number {
  const ratios = texts.map(toRatio).sort((one, other) => one - other);
  const rank = Math.min(ratios.length, Math.ceil((ratios.length + 1) * COVERAGE));
  return ratios[rank - 1] ?? 1;
}

/** Returns the share of texts that are inside of the interval which all other texts give. */
export function measureCoverage(texts: readonly JudgedText[]): number {
  const inside = texts.filter((text, index) => toRatio(text) <= findWidthFactor(texts.toSpliced(index, 1)));
  return inside.length / texts.length;
}

/** The error as a share of the assumed width. */
function toRatio({ judged, score, assumedHalf }: JudgedText): number {
  return Math.abs(judged - score) / assumedHalf;
}
