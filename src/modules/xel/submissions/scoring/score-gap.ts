import type { Gap } from '@/modules/xel/course/course.schema.js';
import { isSameAnswer, toWords } from './normalize.js';
import { alignWords } from './word-alignment.js';

/** What a gap with a small typo is worth. */
const TYPO_RATIO = 0.5;
/** In shorter words one letter makes another form, as in swim and swam. */
const MIN_TYPO_LENGTH = 6;

/** Scores the text of a gap. The feedback is null for a right one. */
export function scoreGap(
  { answers, hint, mistakes }: Gap,
  given: string,
): { ratio: number; feedback: string | null } {
  if (answers.some((answer) => isSameAnswer(answer, given))) return { ratio: 1, feedback: null };
  const known = Object.entries(mistakes).find(([mistake]) => isSameAnswer(mistake, given));
  if (known) return { ratio: 0, feedback: known[1] };
  if (answers.some((answer) => differsByTypo(answer, given)))
    return { ratio: TYPO_RATIO, feedback: 'Nearly right. Look at the spelling or the form.' };
  return { ratio: 0, feedback: hint };
}

function differsByTypo(answer: string, given: string): boolean {
  const { typos, wrongWords, missing } = alignWords(answer, given);
  if (wrongWords.length > 0 || missing > 0 || typos.length !== 1) return false;
  return (
    toWords(answer).some((word) => word.length >= MIN_TYPO_LENGTH) &&
    (typos[0] ?? '').length >= MIN_TYPO_LENGTH - 1
  );
}
