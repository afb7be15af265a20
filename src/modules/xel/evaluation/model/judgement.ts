import type { Correction, Evidence } from '../evaluation.js';
import type { AnsweredCorrection, JudgementAnswer } from './judgement-answer.js';
import type { JudgementQuestion } from './judgement-prompt.js';
import { findQuote, locate, type SearchedText, toSearchedText } from './quotations.js';
import type { ModelCriterion } from './rubric.js';

const MAX_EVIDENCE = 3;

/** What a model has said about one criterion, with quotes that are in the text. */
export interface JudgedCriterion {
  name: ModelCriterion;
  score: number;
  comment: string;
  /** At least one. */
  evidence: Evidence[];
}

/** A judgement of a model whose quotes and corrections were checked against the text. */
export interface Judgement {
  /** Provider and model that answered. */
  model: string;
  criteria: JudgedCriterion[];
  corrections: Correction[];
  /** The text speaks to the evaluator. */
  hasInstructions: boolean;
}

/**
 * Checks an answer against the text: quotes and corrections that are not in it are left out. Returns what is wrong when the answer
 * does not count: each criterion must be there, with a quote from the text.
 */
export function verifyJudgement(
  answer: JudgementAnswer,
  { input, text, criteria }: JudgementQuestion,
  model: string,
): Judgement | string {
  const searched = toSearchedText(text);
  const judged: JudgedCriterion[] = [];
  for (const name of criteria) {
    const [answered, repeated] = answer.criteria.filter((criterion) => criterion.name === name);
    if (!answered || repeated) return `the criterion ${name} must be there once.`;
    const evidence = answered.evidence.flatMap((quote) => findQuote(searched, quote) ?? []);
    if (evidence.length === 0) return `no quote for ${name} is in the text.`;
    if (answered.comment === '') return `the criterion ${name} has no comment.`;
    judged.push({ ...answered, evidence: evidence.slice(0, MAX_EVIDENCE) });
  }
  return {
    model,
    criteria: judged,
    corrections: locateCorrections(searched, answer.corrections, input.skill === 'speaking'),
    hasInstructions: answer.instructions.some((quote) => findQuote(searched, quote)),
  };
}

/** Returns the corrections whose place in the text is clear, in its order and without overlaps. */
function locateCorrections(
  searched: SearchedText,
  answered: readonly AnsweredCorrection[],
  isSpoken: boolean,
): Correction[] {
  const located = answered.flatMap(({ context, original, ...rest }): Correction[] => {
    const start = locate(searched, original, context);
    if (start === undefined || rest.suggestion === original) return [];
    if (isSpoken && (rest.category === 'spelling' || rest.category === 'mechanics')) return [];
    const end = start + original.length;
    const quoted = searched.text.slice(start, end);
    return [{ ...rest, original: quoted, start, end, ruleId: `model_${rest.category}` }];
  });
  return withoutOverlaps(located);
}

/** Returns spans in the order of the text; of two that overlap, the one that comes first in the list stays. */
export function withoutOverlaps<T extends { start: number; end: number }>(spans: readonly T[]): T[] {
  const kept: T[] = [];
  for (const span of spans)
    if (!kept.some((other) => span.start < other.end && other.start < span.end)) kept.push(span);
  return kept.sort((one, other) => one.start - other.start);
}
