import type { ContentOf, Question, TaskContent, TaskType } from '@/modules/xel/course/course.schema.js';
import { questionSeed, toItems, toOptions } from '@/modules/xel/course/task-options.js';
import { MAX_SCORE } from '@/modules/xel/task-progress/task-progress.rules.js';
import { isSameAnswer, toWords } from './normalize.js';
import { scoreGap } from './score-gap.js';
import { orderingRatio } from './score-ordering.js';
import { alignWords } from './word-alignment.js';

/** Types that an evaluator scores. */
export type OpenType = 'writing' | 'speaking';
export type ClosedContent = Exclude<TaskContent, { type: OpenType }>;
export type OpenContent = Extract<TaskContent, { type: OpenType }>;

/** Scores from which a task of a type is passed. */
export const PASS_SCORES: Readonly<Record<TaskType, number>> = {
  multiple_choice: 100,
  gap_fill: 80,
  ordering: 100,
  short_answer: 100,
  reading: 66,
  listening: 66,
  dictation: 85,
  writing: 60,
  speaking: 60,
};

/** A part of a response: a gap or a question, from 1. */
export interface ScoredPart {
  n: number;
  correct: boolean;
  feedback: string | null;
}

export interface ScoredResponse {
  /** From 0 to MAX_SCORE. MAX_SCORE only for a response without errors. */
  score: number;
  feedback: string;
  parts: ScoredPart[];
}

/** A response that has the shape of its type: see `parseResponse`. */
export type ClosedResponse = string | string[];

const CORRECT = 'Correct!';

export function isOpen(content: TaskContent): content is OpenContent {
  return content.type === 'writing' || content.type === 'speaking';
}

/** Scores a response to a closed task. The feedback does not contain the answer. */
export function scoreResponse(content: ClosedContent, response: ClosedResponse): ScoredResponse {
  switch (content.type) {
    case 'multiple_choice':
      return scoreChoice(content, toText(response));
    case 'gap_fill':
      return scoreGaps(content, toList(response));
    case 'ordering':
      return scoreOrder(content, toList(response));
    case 'short_answer':
      return scoreShortAnswer(content, toText(response));
    case 'reading':
    case 'listening':
      return scoreQuestions(content, toList(response));
    case 'dictation':
      return scoreDictation(content, toText(response));
  }
}

function toText(response: ClosedResponse): string {
  return typeof response === 'string' ? response : '';
}

function toList(response: ClosedResponse): string[] {
  return typeof response === 'string' ? [response] : response;
}

/** Rounds down, so that only a response without errors has the full score. */
function toScore(ratio: number): number {
  return Math.floor(Math.min(1, Math.max(0, ratio)) * MAX_SCORE + 1e-9);
}

function scoreChoice(content: ContentOf<'multiple_choice'>, optionId: string): ScoredResponse {
  const { correct, feedback } = judgeOption(content.id, content, optionId);
  return { score: correct ? MAX_SCORE : 0, feedback: feedback ?? CORRECT, parts: [] };
}

function judgeOption(
  seed: string,
  question: Pick<Question, 'answer' | 'wrong'>,
  optionId: string,
): Omit<ScoredPart, 'n'> {
  const id = optionId.trim().toLowerCase();
  const option = toOptions(seed, question).find((candidate) => candidate.id === id);
  if (!option) return { correct: false, feedback: 'This is not one of the options.' };
  if (option.text === question.answer) return { correct: true, feedback: null };
  return { correct: false, feedback: question.wrong[option.text] ?? 'Try again.' };
}

function scoreQuestions(
  { id, questions }: ContentOf<'reading'> | ContentOf<'listening'>,
  optionIds: readonly string[],
): ScoredResponse {
  const parts = questions.map((question, index) => ({
    n: index + 1,
    ...judgeOption(questionSeed(id, index), question, optionIds[index] ?? ''),
  }));
  return fromParts(
    parts,
    parts.map(({ correct }) => (correct ? 1 : 0)),
    'questions',
  );
}

function scoreGaps({ gaps }: ContentOf<'gap_fill'>, texts: readonly string[]): ScoredResponse {
  const scored = gaps.map((gap, index) => scoreGap(gap, texts[index] ?? ''));
  const parts = scored.map(({ ratio, feedback }, index) => ({
    n: index + 1,
    correct: ratio === 1,
    feedback,
  }));
  return fromParts(
    parts,
    scored.map(({ ratio }) => ratio),
    'gaps',
  );
}

function fromParts(parts: ScoredPart[], ratios: readonly number[], noun: string): ScoredResponse {
  const right = parts.filter(({ correct }) => correct).length;
  const score = toScore(ratios.reduce((sum, ratio) => sum + ratio, 0) / parts.length);
  if (right === parts.length) return { score, feedback: CORRECT, parts };
  return {
    score,
    feedback: `${right} of ${parts.length} ${noun} ${right === 1 ? 'is' : 'are'} right.`,
    parts,
  };
}

function scoreOrder(content: ContentOf<'ordering'>, itemIds: readonly string[]): ScoredResponse {
  const texts = new Map(toItems(content).map(({ id, text }) => [id, text]));
  const given = itemIds.map((id) => (texts.get(id.trim().toLowerCase()) ?? '').toLowerCase());
  const orders = [content.items, ...content.also].map((order) => order.map((text) => text.toLowerCase()));
  const score = toScore(Math.max(...orders.map((order) => orderingRatio(order, given))));
  return { score, feedback: score === MAX_SCORE ? CORRECT : content.hint, parts: [] };
}

function scoreShortAnswer(content: ContentOf<'short_answer'>, answer: string): ScoredResponse {
  const alignments = content.answers.map((model) => alignWords(model, answer));
  const [best] = alignments.sort((a, b) => b.ratio - a.ratio);
  const score = best ? toScore(best.ratio) : 0;
  if (score === MAX_SCORE) return { score, feedback: CORRECT, parts: [] };
  const known = Object.entries(content.mistakes).find(([mistake]) => isSameAnswer(mistake, answer));
  if (known) return { score, feedback: known[1], parts: [] };
  const typos = best?.wrongWords.length === 0 && best.missing === 0 ? best.typos : [];
  const feedback =
    typos.length > 0 ? `Nearly right. Look at the spelling or the form of: ${quote(typos)}.` : content.hint;
  return { score, feedback, parts: [] };
}

function scoreDictation({ script, hint }: ContentOf<'dictation'>, answer: string): ScoredResponse {
  const { ratio, wrongWords, typos, missing } = alignWords(script, answer);
  const score = toScore(ratio);
  if (score === MAX_SCORE) return { score, feedback: CORRECT, parts: [] };
  const errors = [...wrongWords, ...typos].slice(0, 8);
  const sentences = [
    ...(errors.length > 0 ? [`Listen again to: ${quote(errors)}.`] : []),
    ...(missing > 0
      ? [`${missing} of ${toWords(script).length} words ${missing === 1 ? 'is' : 'are'} missing.`]
      : []),
    hint,
  ];
  return { score, feedback: sentences.join(' '), parts: [] };
}

function quote(words: readonly string[]): string {
  return words.map((word) => `"${word.slice(0, 40).toWellFormed()}"`).join(', ');
}
