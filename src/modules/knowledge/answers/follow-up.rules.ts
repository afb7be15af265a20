import { extractKeywords } from '@/modules/ai/index.js';

const MAX_QUERY_CHARS = 2_000;
/** Questions before this one that are looked at: a follow-up can refer to another follow-up. */
export const MAX_EARLIER_QUESTIONS = 4;
/** A question with fewer words of its own rests on the one before it. */
const MIN_OWN_WORDS = 3;
const BEGINS_WITH_REFERENCE =
  /^\s*(?:and|but|or|so|then|also|what about|how about|und|oder|aber|was ist mit|wie ist es mit|et|ou|mais|qu'en est-il|y|pero|e|mas|ma)\b/iu;
const REFERS_BACK = /\b(?:it|its|they|them|their|he|she|him|her|his|hers|this|that|these|those|one)\b/iu;

/**
 * Returns the earlier questions that a question refers to, newest first: the one before it when it is a follow-up, and also
 * the ones before that while those are follow-ups themselves. Repetitions of the question are left out.
 *
 * @param earlier all earlier questions, newest first
 */
export function findReferredQuestions(question: string, earlier: readonly string[]): string[] {
  const found: string[] = [];
  let current = question;
  for (const previous of earlier.slice(0, MAX_EARLIER_QUESTIONS)) {
    if (previous.trim() === question.trim()) continue;
    if (!isFollowUp(current)) break;
    found.push(previous);
    current = previous;
  }
  return found;
}

/** Returns what is searched for: a follow-up is searched together with the questions that it refers to. */
export function toRetrievalQuery(question: string, referred: readonly string[]): string {
  return [question, ...referred].join('\n').slice(0, MAX_QUERY_CHARS).toWellFormed();
}

function isFollowUp(question: string): boolean {
  return (
    BEGINS_WITH_REFERENCE.test(question) ||
    REFERS_BACK.test(question) ||
    extractKeywords(question).length < MIN_OWN_WORDS
  );
}
