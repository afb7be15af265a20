export interface CandidateLimits {
  /** Selection ends when the words match this many entries, counted once for each word. */
  min: number;
  /** A word that would bring the entries over this number is left out. */
  max: number;
}

/**
 * Selects the words that choose which entries are scored: the rarest. A word that many entries contain says little about any of
 * them.
 */
export function selectRareWords<Word>(
  byRarity: readonly Word[],
  frequencyOf: (word: Word) => number,
  { min, max }: CandidateLimits,
): Word[] {
  let sum = 0;
  return byRarity.filter((word) => {
    const frequency = frequencyOf(word);
    const isSelected = sum < min && sum + frequency <= max;
    if (isSelected) sum += frequency;
    return isSelected;
  });
}
