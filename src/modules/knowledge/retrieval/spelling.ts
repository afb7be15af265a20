import type { TermFrequency } from './query-plan.js';

const MAX_CORRECTIONS = 3;

/** Returns how many characters of a word can be wrong: none in a short word, a number or a compound. */
export function allowedErrors(word: string): number {
  if (!/^\p{L}+$/u.test(word) || word.length < 4) return 0;
  return word.length < 8 ? 1 : 2;
}

/** Returns the beginnings of the words that can be meant, when the first two characters are right, swapped, or one is missing. */
export function possibleBeginnings(word: string): string[] {
  return [...new Set([...word].slice(0, 2))];
}

/** Returns the most similar words of a vocabulary, the most frequent first among equals. */
export function findCorrections(word: string, vocabulary: readonly TermFrequency[]): TermFrequency[] {
  const allowed = allowedErrors(word);
  return vocabulary
    .map((term) => ({ term, distance: editDistance(word, term.lexeme) }))
    .filter(({ distance }) => distance <= allowed)
    .sort((one, other) => one.distance - other.distance || other.term.chunks - one.term.chunks)
    .filter(({ distance }, _, [best]) => distance === best?.distance)
    .slice(0, MAX_CORRECTIONS)
    .map(({ term }) => term);
}

/** Returns the optimal string alignment distance: insertions, deletions, substitutions, and swaps of neighbours. */
export function editDistance(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const cost = one[row - 1] === other[column - 1] ? 0 : 1;
      let distance = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + cost,
      );
      const isSwap = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (row > 1 && column > 1 && isSwap) distance = Math.min(distance, (beforeLast[column - 2] ?? 0) + 1);
      current.push(distance);
    }
    beforeLast = last;
    last = current;
  }
  return last[other.length] ?? 0;
}
