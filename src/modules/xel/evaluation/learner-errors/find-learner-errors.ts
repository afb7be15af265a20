import type { LearnerError, LearnerRule } from './learner-rule.js';
import { NOUN_RULES } from './noun-rules.js';
import { PHRASE_RULES } from './phrase-rules.js';
import { VERB_RULES } from './verb-rules.js';
import { WORD_RULES } from './word-rules.js';

export const LEARNER_RULES: readonly LearnerRule[] = [
  ...VERB_RULES,
  ...PHRASE_RULES,
  ...NOUN_RULES,
  ...WORD_RULES,
];

/** Characters before a match that a rule may look at. */
const CONTEXT = 40;

/** Returns the errors that learners make most, in the order of the text, without overlaps: the rules of verbs win. */
export function findLearnerErrors(text: string): LearnerError[] {
  const found = LEARNER_RULES.flatMap((rule) => applyRule(rule, text));
  const kept: LearnerError[] = [];
  for (const error of found) if (!kept.some((other) => overlaps(error, other))) kept.push(error);
  return kept.sort((one, other) => one.start - other.start);
}

export function overlaps(
  one: { start: number; end: number },
  other: { start: number; end: number },
): boolean {
  return one.start < other.end && other.start < one.end;
}

function applyRule({ id, category, pattern, correct }: LearnerRule, text: string): LearnerError[] {
  return [...text.matchAll(pattern)].flatMap((match) => {
    const suggestion = correct(match, text.slice(Math.max(0, match.index - CONTEXT), match.index));
    if (suggestion === null || suggestion === match[0]) return [];
    return [
      shrink(
        { ruleId: id, category, start: match.index, end: match.index + match[0].length, suggestion },
        text,
      ),
    ];
  });
}

/** Leaves out the words at both ends that the correction does not change. */
function shrink(error: LearnerError, text: string): LearnerError {
  const original = text.slice(error.start, error.end).split(' ');
  const corrected = error.suggestion.split(' ');
  let first = 0;
  while (first < Math.min(original.length, corrected.length) - 1 && original[first] === corrected[first])
    first += 1;
  let last = 0;
  while (
    last < Math.min(original.length, corrected.length) - 1 - first &&
    original.at(-1 - last) === corrected.at(-1 - last)
  )
    last += 1;
  const leading = original.slice(0, first).reduce((length, word) => length + word.length + 1, 0);
  const trailing =
    last === 0 ? 0 : original.slice(-last).reduce((length, word) => length + word.length + 1, 0);
  return {
    ...error,
    start: error.start + leading,
    end: error.end - trailing,
    suggestion: corrected.slice(first, corrected.length - last).join(' '),
  };
}
