import { combineScores, toCefr, toInterval } from '../deterministic/scoring.rules.js';
import {
  CEFR_LEVELS,
  type Correction,
  type CriterionResult,
  type EvaluationFlag,
  type EvaluationInput,
  type EvaluationOutcome,
} from '../evaluation.js';
import { type Judgement, type JudgedCriterion, withoutOverlaps } from './judgement.js';

/** Judgements whose scores differ by more points disagree. */
const MAX_DIFFERENCE = 10;
/** A model raises a criterion by at most so many points above the result of the rules: a text may have talked it into more. */
const MAX_RAISE = 35;
/** Below this score of task achievement a text is about something else. */
const OFF_TOPIC_SCORE = 20;

/** What the rules and the models say about one text. */
export interface PanelInput {
  input: EvaluationInput;
  words: number;
  /** The result of the rules. */
  ruled: EvaluationOutcome;
  /** At least two. */
  judgements: readonly Judgement[];
}

/** What the judgements say together. */
export type PanelResult = Pick<
  EvaluationOutcome,
  'overallScore' | 'interval' | 'cefr' | 'criteria' | 'corrections' | 'flags'
>;

/**
 * Returns the score that counts of a judgement. The rules judge a single criterion roughly, so the limit follows from their overall
 * score; a text that shares no word with its task stays off topic.
 */
function limitScore(score: number, { name, score: own }: CriterionResult, ruled: EvaluationOutcome): number {
  const isOffTopic = name === 'task_achievement' && ruled.flags.includes('off_topic');
  const start = isOffTopic ? 0 : Math.max(own ?? 0, ruled.overallScore);
  return Math.min(score, start + MAX_RAISE);
}

/** Returns the criteria of the rules with the scores of a judgement in place of theirs. */
function withScores({ ruled }: Pick<PanelInput, 'ruled'>, judgement: Judgement): CriterionResult[] {
  return ruled.criteria.map((criterion) => {
    const judged = judgement.criteria.find(({ name }) => name === criterion.name);
    return judged ? { ...criterion, score: limitScore(judged.score, criterion, ruled) } : criterion;
  });
}

/** Returns the overall score of one judgement. */
export function scoreOf({ input, ruled }: Pick<PanelInput, 'input' | 'ruled'>, judgement: Judgement): number {
  return combineScores(input.skill, withScores({ ruled }, judgement));
}

/** Returns whether judgements differ by more than ten points, or by more than one level. */
export function disagree(
  panel: Pick<PanelInput, 'input' | 'ruled'>,
  judgements: readonly Judgement[],
): boolean {
  const scores = judgements.map((judgement) => scoreOf(panel, judgement));
  const levels = judgements.map((judgement) =>
    CEFR_LEVELS.indexOf(toCefr(panel.input.skill, withScores(panel, judgement))),
  );
  return spreadOf(scores) > MAX_DIFFERENCE || spreadOf(levels) > 1;
}

/**
 * Combines judgements: the score of a criterion is the median, with the comment of the judgement that is nearest to it. The interval
 * holds all judgements, and is wider when they disagree.
 */
export function combineJudgements(panel: PanelInput): PanelResult {
  const { input, words, ruled, judgements } = panel;
  const criteria = ruled.criteria.map((criterion) => combineCriterion(criterion, panel));
  const isCut = criteria.some(({ wasCut }) => wasCut);
  const results = criteria.map(({ result }) => result);
  const overallScore = combineScores(input.skill, results);
  const scores = judgements.map((judgement) => scoreOf(panel, judgement));
  const extra = Math.max(spreadOf(scores) / 2, isCut ? MAX_DIFFERENCE : 0);
  const [low, high] = toInterval(overallScore, words, { extra });
  return {
    overallScore,
    interval: [Math.min(low, ...scores), Math.max(high, ...scores)],
    cefr: toCefr(input.skill, results),
    criteria: results,
    corrections: combineCorrections(ruled.corrections, judgements),
    flags: listFlags(panel, results, isCut || disagree(panel, judgements)),
  };
}

function combineCriterion(
  criterion: CriterionResult,
  { ruled, judgements }: PanelInput,
): { result: CriterionResult; wasCut: boolean } {
  const { name } = criterion;
  const judged = judgements.flatMap(({ criteria }) => criteria.filter((each) => each.name === name));
  if (judged.length === 0) return { result: criterion, wasCut: false };
  const limited = judged.map(({ score }) => limitScore(score, criterion, ruled));
  const score = medianOf(limited);
  const { comment, evidence } = nearestTo(score, judged);
  const wasCut = judged.some((each, index) => each.score > (limited[index] ?? 0));
  return { result: { name, score, comment, evidence }, wasCut };
}

function nearestTo(score: number, judged: readonly JudgedCriterion[]): JudgedCriterion {
  return judged.reduce((best, criterion) =>
    Math.abs(criterion.score - score) < Math.abs(best.score - score) ? criterion : best,
  );
}

/**
 * Returns the corrections of the rules, and where those found nothing the ones that two judgements have made at the same place. The
 * rules win, so that texts of one learner can be compared.
 */
function combineCorrections(ruled: readonly Correction[], judgements: readonly Judgement[]): Correction[] {
  const confirmed = judgements.flatMap(({ corrections }, index) => {
    const others = judgements.filter((_, otherIndex) => otherIndex !== index);
    return corrections.filter((correction) => others.some((other) => hasOverlap(other, correction)));
  });
  return withoutOverlaps([...ruled, ...confirmed]);
}

function hasOverlap({ corrections }: Judgement, { start, end }: Correction): boolean {
  return corrections.some((other) => other.start < end && start < other.end);
}

function listFlags(
  { ruled, judgements }: PanelInput,
  criteria: readonly CriterionResult[],
  isDisputed: boolean,
): EvaluationFlag[] {
  const task = criteria.find(({ name }) => name === 'task_achievement')?.score ?? null;
  const isNoted = judgements.filter(({ hasInstructions }) => hasInstructions).length > 1;
  const flags: EvaluationFlag[] = [
    ...ruled.flags,
    ...(task !== null && task < OFF_TOPIC_SCORE ? (['off_topic'] as const) : []),
    ...(isNoted ? (['instruction_to_evaluator'] as const) : []),
    ...(isDisputed ? (['judges_disagree'] as const) : []),
  ];
  return [...new Set(flags)];
}

/** Returns the middle value, or the rounded mean of the two middle ones. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  return Math.round((lower + upper) / 2);
}

function spreadOf(values: readonly number[]): number {
  return Math.max(...values) - Math.min(...values);
}
