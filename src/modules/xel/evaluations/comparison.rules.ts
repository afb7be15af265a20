import type { Correction, EvaluationOutcome } from '../evaluation/evaluation.js';
import type { ComparedError, ErrorComparison } from './persistence/evaluation.entity.js';

type Judged = Pick<EvaluationOutcome, 'corrections' | 'evaluator'>;

/**
 * Compares the errors of two texts of the same task. Those that only models find count when models have judged both: else they would
 * seem fixed.
 */
export function compareEvaluations(earlier: Judged, later: Judged): ErrorComparison {
  const isSame = earlier.evaluator.kind === later.evaluator.kind;
  const [before, after] = [earlier, later].map(({ corrections }) =>
    isSame ? corrections : corrections.filter((error) => !isOfModel(error)),
  );
  return compareErrors(before ?? [], after ?? []);
}

/**
 * Compares errors. An error remains when the later text has the same words with the same error, or another error of the same kind.
 */
function compareErrors(earlier: readonly Correction[], later: readonly Correction[]): ErrorComparison {
  const laterKinds = new Set(later.map(({ ruleId }) => ruleId));
  const earlierKinds = new Set(earlier.map(({ ruleId }) => ruleId));
  const isOfWords = (error: Correction): boolean => error.category === 'spelling' || isOfModel(error);
  const remains = (error: Correction): boolean =>
    isOfWords(error) ? hasWord(later, error) : laterKinds.has(error.ruleId);
  const isNew = (error: Correction): boolean =>
    isOfWords(error) ? !hasWord(earlier, error) : !earlierKinds.has(error.ruleId);
  return {
    fixed: earlier.filter((error) => !remains(error)).map(toComparedError),
    remaining: later.filter((error) => !isNew(error)).map(toComparedError),
    new: later.filter(isNew).map(toComparedError),
  };
}

function isOfModel({ ruleId }: Correction): boolean {
  return ruleId.startsWith('model_');
}

/** Spelling errors, and those that a model found, are of one kind only when they are of the same words. */
function hasWord(errors: readonly Correction[], { original }: Correction): boolean {
  return errors.some((error) => error.original.toLowerCase() === original.toLowerCase());
}

function toComparedError({ original, suggestion, explanation }: Correction): ComparedError {
  return { original, suggestion, explanation };
}
