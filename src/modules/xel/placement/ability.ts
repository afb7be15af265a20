import { CEFR_LEVELS, type CefrLevel } from '../course/course.schema.js';

/** An item with the answer of the learner. */
export interface ItemAnswer {
  difficulty: number;
  correct: boolean;
}

export interface AbilityEstimate {
  ability: number;
  standardError: number;
}

/** A learner without any knowledge picks the right one of four options in a quarter of the cases. */
const GUESSING = 0.25;
const PRIOR_DEVIATION = 3;
/** Levels are two units apart on the scale: A1 is at -4, C1 at 4. */
const LEVEL_WIDTH = 2;
const LOWEST = -7;
const STEP = 0.1;
const GRID = Array.from({ length: 141 }, (_, index) => LOWEST + STEP * index);
/** Standard errors that the interval extends to both sides: it has the true level in about nine of ten cases. */
const INTERVAL_ERRORS = 1.645;

/** The probability of a right answer in the Rasch model, with guessing. */
export function probability(ability: number, difficulty: number): number {
  return GUESSING + (1 - GUESSING) / (1 + Math.exp(difficulty - ability));
}

/** Returns the mean and the deviation of the ability after these answers (expected a posteriori, normal prior at B1). */
export function estimateAbility(answers: readonly ItemAnswer[]): AbilityEstimate {
  const logs = GRID.map((ability) => logPosterior(ability, answers));
  const highest = Math.max(...logs);
  const weights = logs.map((log) => Math.exp(log - highest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = GRID.reduce((sum, ability, index) => sum + ability * (weights[index] ?? 0), 0) / total;
  const variance =
    GRID.reduce((sum, ability, index) => sum + (ability - mean) ** 2 * (weights[index] ?? 0), 0) / total;
  return { ability: mean, standardError: Math.sqrt(variance) };
}

function logPosterior(ability: number, answers: readonly ItemAnswer[]): number {
  const prior = -0.5 * (ability / PRIOR_DEVIATION) ** 2;
  return answers.reduce((sum, { difficulty, correct }) => {
    const right = probability(ability, difficulty);
    return sum + Math.log(correct ? right : 1 - right);
  }, prior);
}

/** Returns how much an answer to an item tells about a learner of this ability. */
export function information(ability: number, difficulty: number): number {
  const right = probability(ability, difficulty);
  return ((1 - right) / right) * ((right - GUESSING) / (1 - GUESSING)) ** 2;
}

export function toCefr(ability: number): CefrLevel {
  const index = Math.round(ability / LEVEL_WIDTH) + 2;
  return CEFR_LEVELS[Math.min(Math.max(index, 0), CEFR_LEVELS.length - 1)] ?? 'A1';
}

/** Returns the levels between which the learner is. */
export function toCefrInterval({ ability, standardError }: AbilityEstimate): [CefrLevel, CefrLevel] {
  const margin = INTERVAL_ERRORS * standardError;
  return [toCefr(ability - margin), toCefr(ability + margin)];
}
