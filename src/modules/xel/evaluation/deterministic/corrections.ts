import type { Correction } from '../evaluation.js';
import { explainError } from '../feedback/explanations.js';
import type { GrammarFinding } from '../grammar/grammar-checker.js';
import { findLearnerErrors, overlaps } from '../learner-errors/find-learner-errors.js';
import type { ErrorCategory } from '../learner-errors/learner-rule.js';
import { isName } from '../text/measures.js';
import type { Span } from '../text/span.js';
import { rankOf, type VocabularyRanks } from '../text/vocabulary-ranks.js';
import { listWords, type Word } from '../text/words.js';

const CATEGORIES: Readonly<Record<string, ErrorCategory>> = {
  Spelling: 'spelling',
  Typo: 'spelling',
  Capitalization: 'mechanics',
  Punctuation: 'mechanics',
  BoundaryError: 'spelling',
  WordChoice: 'vocabulary',
  Usage: 'vocabulary',
  Malapropism: 'vocabulary',
  Eggcorn: 'vocabulary',
};

/** Rank up to which a suggested word is one that a learner means. */
const COMMON_RANK = 20_000;

export interface CorrectionInput {
  text: string;
  sentences: readonly Span[];
  findings: readonly GrammarFinding[];
  ranks: VocabularyRanks;
  /** A transcript has no spelling and no punctuation of the speaker. */
  isSpoken: boolean;
  feedbackLanguage: string;
}

/**
 * Returns the corrections of a text, in its order and without overlaps. Own rules win over the checker, whose findings about names
 * and about the words of a transcriber are left out.
 */
export function listCorrections(input: CorrectionInput): Correction[] {
  const { text, feedbackLanguage } = input;
  const own = findLearnerErrors(text);
  const checked = input.findings
    .filter((finding) => isError(finding, input) && !own.some((error) => overlaps(error, finding)))
    .map(({ kind, start, end, suggestions: [suggestion = ''], message }) => ({
      ruleId: `checker_${kind.toLowerCase()}`,
      category: CATEGORIES[kind] ?? ('grammar' as const),
      start,
      end,
      suggestion,
      message,
    }));
  return [...own.map((error) => ({ ...error, message: null })), ...checked]
    .sort((one, other) => one.start - other.start)
    .map(({ message, ...error }) => ({
      ...error,
      original: text.slice(error.start, error.end),
      explanation: explainError(error.ruleId, feedbackLanguage, message),
    }));
}

function isError({ kind, start, end, suggestions }: GrammarFinding, input: CorrectionInput): boolean {
  const category = CATEGORIES[kind] ?? 'grammar';
  if (input.isSpoken && (category === 'spelling' || category === 'mechanics')) return false;
  if (category !== 'spelling') return true;
  const [word] = listWords(input.text.slice(start, end));
  return word === undefined || !isProbablyName({ ...word, start: start + word.start }, suggestions, input);
}

/** Returns whether a misspelt word is a name: it has a capital, and at the start of a sentence no common word resembles it. */
function isProbablyName(
  word: Word,
  suggestions: readonly string[],
  { sentences, ranks }: CorrectionInput,
): boolean {
  const starts = new Set(sentences.map(({ start }) => start));
  if (isName(word, starts)) return true;
  if (!/^\p{Lu}/u.test(word.text)) return false;
  const rank = rankOf(ranks, (suggestions[0] ?? '').toLowerCase());
  return rank === undefined || rank > COMMON_RANK;
}
