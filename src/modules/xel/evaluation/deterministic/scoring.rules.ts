import {
  CEFR_LEVELS,
  type CefrLevel,
  type CriterionName,
  type Skill,
  type TimedWord,
} from '../evaluation.js';
import type { TextMeasures } from '../text/measures.js';

/** Shares of the criteria in the overall score. Criteria that are not judged are left out. */
const WEIGHTS: Readonly<Record<Skill, Readonly<Partial<Record<CriterionName, number>>>>> = {
  writing: { task_achievement: 25, coherence: 25, vocabulary: 25, grammar: 25 },
  speaking: { task_achievement: 25, coherence: 15, vocabulary: 20, grammar: 20, fluency: 20 },
};

/** The rules find about one in two errors of learners, so as many again are assumed. */
const ASSUMED_ERRORS_PER_FOUND = 2;
/** Score of the overall result at which each level begins: A1 from 0. */
const LEVEL_STARTS: readonly number[] = [0, 40, 52, 66, 75, 88];
const MIN_HALF_WIDTH = 10;
/** Half of the interval is this divided by the square root of the number of words, and no less than the minimum. */
const WIDTH_FACTOR = 130;
const MAX_HALF_WIDTH = 30;

/** Pauses from this length on, in seconds, interrupt the speech. */
const LONG_PAUSE = 1;

/** Returns 0 at `low`, 1 at `high`, and a straight line between; `low` may be the greater. */
function scale(value: number, low: number, high: number): number {
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

function toScore(share: number): number {
  return Math.round(100 * Math.min(1, Math.max(0, share)));
}

/** Judges range: long and varied sentences with subordinate clauses; and accuracy: errors per 100 words. */
export function scoreGrammar(measures: TextMeasures, errors: number): number {
  const rate = (100 * errors * ASSUMED_ERRORS_PER_FOUND) / Math.max(measures.words, 1);
  const accuracy = Math.exp(-rate / 14);
  const range =
    0.5 * scale(measures.wordsPerSentence, 4, 20) +
    0.3 * scale(measures.subordination, 0, 1.2) +
    0.2 * scale(measures.sentenceVariation, 1, 8);
  return toScore(0.6 * accuracy + 0.4 * range);
}

/** Judges the variety of the words, and how many are beyond the most frequent ones. */
export function scoreVocabulary(measures: TextMeasures, errors: number): number {
  const variety = scale(measures.diversity, 0.5, 0.88);
  const sophistication =
    0.6 * scale(measures.beyondBasic, 0.02, 0.22) + 0.4 * scale(measures.advanced, 0, 0.1);
  const accuracy = Math.exp((-100 * errors) / Math.max(measures.words, 1) / 8);
  return toScore(0.35 * variety + 0.45 * sophistication + 0.2 * accuracy);
}

/** Judges how sentences are connected. Few sentences connect little. */
export function scoreCoherence(measures: TextMeasures): number {
  const connected =
    0.4 * scale(measures.connectiveKinds, 0, 5) +
    0.25 * scale(measures.connectivesPerSentence, 0, 0.8) +
    0.2 * scale(measures.overlap, 0.1, 0.6) +
    0.15 * scale(measures.sentenceVariation, 1, 7);
  return toScore((0.15 + 0.85 * connected) * (0.5 + 0.5 * scale(measures.sentences, 1, 6)));
}

/**
 * Judges whether the text has the length and the subject of the task. Words cannot show whether what it says is right, so the
 * score stays below 90.
 */
export function scoreTask(words: number, coverage: number, minWords: number | null): number {
  const length = scale(words, 0, minWords ?? 80);
  return Math.min(89, toScore(0.5 * length + 0.5 * Math.sqrt(Math.min(1, coverage * 1.6)) * length));
}

/** Judges pace and long pauses by the times of the words. */
export function scoreFluency(words: readonly TimedWord[]): number {
  const first = words[0]?.start ?? 0;
  const seconds = Math.max((words.at(-1)?.end ?? first) - first, 0.1);
  const perMinute = (60 * words.length) / seconds;
  const pauses = words
    .slice(1)
    .filter(({ start }, index) => start - (words[index]?.end ?? start) >= LONG_PAUSE).length;
  const pauseRate = (100 * pauses) / words.length;
  return toScore((0.2 + 0.8 * scale(perMinute, 40, 130)) * (1 - 0.7 * scale(pauseRate, 2, 20)));
}

/** Returns the weighted mean of the criteria that were judged, from 0 to 100. */
export function combineScores(
  skill: Skill,
  scores: readonly { name: CriterionName; score: number | null }[],
): number {
  let total = 0;
  let weights = 0;
  for (const { name, score } of scores) {
    const weight = score === null ? 0 : (WEIGHTS[skill][name] ?? 0);
    total += weight * (score ?? 0);
    weights += weight;
  }
  return weights === 0 ? 0 : Math.round(total / weights);
}

/** Returns half of the width of an interval that is assumed, and not measured on judged texts: it is wider for short texts. */
export function toAssumedHalf(words: number): number {
  return Math.min(MAX_HALF_WIDTH, Math.max(MIN_HALF_WIDTH, WIDTH_FACTOR / Math.sqrt(Math.max(words, 1))));
}

/**
 * Returns the interval of a score. `extra` points are added on both sides. `factor` of a calibration multiplies the assumed width.
 */
export function toInterval(
  score: number,
  words: number,
  { extra = 0, factor = 1 }: { extra?: number; factor?: number } = {},
): [number, number] {
  const half = factor * toAssumedHalf(words) + extra;
  return [Math.max(0, Math.floor(score - half)), Math.min(100, Math.ceil(score + half))];
}

/** Returns the level of the language criteria together; whether the task was answered does not change it. */
export function toCefr(
  skill: Skill,
  scores: readonly { name: CriterionName; score: number | null }[],
): CefrLevel {
  const language = combineScores(
    skill,
    scores.filter(({ name }) => name !== 'task_achievement'),
  );
  const index = LEVEL_STARTS.findLastIndex((start) => language >= start);
  return CEFR_LEVELS[index] ?? 'A1';
}
