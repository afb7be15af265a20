import { isSameWord, toWords } from './normalize.js';

/** What a word with a small typo costs. */
const TYPO_COST = 0.25;
/** Shorter words have no typos: one letter makes another word or form. */
const MIN_TYPO_LENGTH = 4;
const TWO_TYPOS_LENGTH = 9;

/** How an answer differs from a model. */
export interface WordAlignment {
  /** From 0 to 1: one minus the word error rate. */
  ratio: number;
  /** Words of the answer that are not in the model at their place. */
  wrongWords: string[];
  missing: number;
  /** Words that are right but for a small typo. */
  typos: string[];
}

/** Aligns the words of an answer with those of a model, with the fewest errors. Takes time in proportion to their product. */
export function alignWords(model: string, answer: string): WordAlignment {
  const [expected, given] = [toWords(model), toWords(answer)];
  const costs = alignmentCosts(expected, given);
  const total = costs.at(-1)?.at(-1) ?? 0;
  const ratio = expected.length === 0 ? 0 : Math.max(0, 1 - total / expected.length);
  return { ratio, ...traceBack(expected, given, costs) };
}

function alignmentCosts(expected: readonly string[], given: readonly string[]): number[][] {
  const costs: number[][] = [Array.from({ length: given.length + 1 }, (_, index) => index)];
  for (const [row, word] of expected.entries()) {
    const above = costs[row] ?? [];
    const current = [row + 1];
    for (const [column, other] of given.entries())
      current.push(
        Math.min(
          (above[column] ?? 0) + wordCost(word, other),
          (above[column + 1] ?? 0) + 1,
          (current[column] ?? 0) + 1,
        ),
      );
    costs.push(current);
  }
  return costs;
}

function traceBack(
  expected: readonly string[],
  given: readonly string[],
  costs: readonly number[][],
): Omit<WordAlignment, 'ratio'> {
  const found = { wrongWords: [] as string[], typos: [] as string[], missing: 0 };
  let [row, column] = [expected.length, given.length];
  const at = (r: number, c: number): number => (r < 0 || c < 0 ? Infinity : (costs[r]?.[c] ?? Infinity));
  while (row > 0 || column > 0) {
    const [word = '', other = ''] = [expected[row - 1], given[column - 1]];
    if (row > 0 && column > 0 && at(row, column) === at(row - 1, column - 1) + wordCost(word, other)) {
      const cost = wordCost(word, other);
      if (cost === 1) found.wrongWords.unshift(other);
      else if (cost > 0) found.typos.unshift(other);
      [row, column] = [row - 1, column - 1];
    } else if (column > 0 && at(row, column) === at(row, column - 1) + 1) {
      found.wrongWords.unshift(other);
      column -= 1;
    } else {
      found.missing += 1;
      row -= 1;
    }
  }
  return found;
}

function wordCost(expected: string, given: string): number {
  if (isSameWord(expected, given)) return 0;
  return isTypo(expected, given) ? TYPO_COST : 1;
}

/** Returns whether a word is another one with a small typo. */
export function isTypo(expected: string, given: string): boolean {
  if (expected.length < MIN_TYPO_LENGTH) return false;
  const allowed = expected.length >= TWO_TYPOS_LENGTH ? 2 : 1;
  return Math.abs(expected.length - given.length) <= allowed && editDistance(expected, given) <= allowed;
}

/** Returns the number of letters to insert, delete, replace or swap with their neighbour. */
function editDistance(one: string, other: string): number {
  let [before, previous] = [[] as number[], Array.from({ length: other.length + 1 }, (_, index) => index)];
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwap = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current[column] = Math.min(
        (previous[column - 1] ?? 0) + (isSame ? 0 : 1),
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        row > 1 && column > 1 && isSwap ? (before[column - 2] ?? 0) + 1 : Infinity,
      );
    }
    [before, previous] = [previous, current];
  }
  return previous[other.length] ?? 0;
}
