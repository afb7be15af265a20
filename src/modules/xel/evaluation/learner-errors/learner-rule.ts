/** What a correction is about; grammar and vocabulary are different criteria. */
export type ErrorCategory = 'grammar' | 'vocabulary' | 'spelling' | 'mechanics';

/** An error in a text. Offsets are UTF-16 code units, the end is exclusive. */
export interface LearnerError {
  ruleId: string;
  category: ErrorCategory;
  start: number;
  end: number;
  suggestion: string;
}

export interface LearnerRule {
  id: string;
  category: ErrorCategory;
  /** Global and case-insensitive. */
  pattern: RegExp;
  /** Returns the corrected text of the match, or null when the match is no error. `before` is the text before the match. */
  correct: (match: RegExpMatchArray, before: string) => string | null;
}

/** Returns a rule whose match is replaced through the groups of its pattern, as in `String.prototype.replace`. */
export function replaceRule(
  id: string,
  category: ErrorCategory,
  pattern: RegExp,
  correct: LearnerRule['correct'],
): LearnerRule {
  return { id, category, pattern, correct };
}

/** Returns the replacement with the capital of the original. */
export function withCapitalOf(original: string, replacement: string): string {
  return /^\p{Lu}/u.test(original) && !/^I\b/.test(original)
    ? replacement.charAt(0).toUpperCase() + replacement.slice(1)
    : replacement;
}
