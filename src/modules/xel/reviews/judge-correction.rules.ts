import { isSameAnswer } from '@/modules/xel/submissions/scoring/normalize.js';
import type { ReviewOccurrence } from './persistence/review-occurrence.entity.js';

type JudgedError = Pick<
  ReviewOccurrence,
  'category' | 'original' | 'suggestion' | 'sentence' | 'corrected_sentence' | 'error_start' | 'error_end'
>;

/** Returns whether the server can check a response to the item: every task, and an error with a suggestion. */
export function isCheckable({
  occurrence,
}: {
  occurrence: Pick<ReviewOccurrence, 'suggestion'> | null;
}): boolean {
  return occurrence?.suggestion !== '';
}

/** Returns whether a response is the correction: the corrected words, or the sentence with this or with all its corrections. */
export function isRightCorrection(error: JudgedError, response: string): boolean {
  const right = [error.suggestion, correctSentence(error), error.corrected_sentence];
  return right.some((text) => isSameText(error, text, response));
}

/** Returns the sentence with the correction of this error. */
export function correctSentence({ sentence, suggestion, error_start, error_end }: JudgedError): string {
  return sentence.slice(0, error_start) + suggestion + sentence.slice(error_end);
}

/** When the words of the error are right but for an apostrophe, a capital or a comma, these are compared as well. */
function isSameText(
  { category, original, suggestion }: JudgedError,
  text: string,
  response: string,
): boolean {
  if (category === 'mechanics') return toExactText(text) === toExactText(response);
  if (!isSameAnswer(original, suggestion)) return isSameAnswer(text, response);
  return toExactText(text).toLowerCase() === toExactText(response).toLowerCase();
}

function toExactText(text: string): string {
  return text
    .replace(/[‘’ʼ´`′]/g, "'")
    .replace(/[“”„]/g, '"')
    .normalize('NFKC')
    .trim()
    .replace(/\s+/g, ' ');
}
