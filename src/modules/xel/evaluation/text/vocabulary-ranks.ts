import { listBaseForms } from './lemmas.js';

/** Ranks by frequency of words, from 1. Built for one text. */
export type VocabularyRanks = ReadonlyMap<string, number>;

/** Everyday words that are newer than the list of words, which has few of them or none. */
const NEWER_WORDS: ReadonlySet<string> = new Set(
  (
    'app blog blogger broadband browser chat covid download email e-mail emoji facebook google homepage inbox influencer ' +
    'instagram internet laptop login multitask offline online password pandemic podcast recycle selfie smartphone snack ' +
    'software spam streaming tablet text tv upload username video vlog webcam website wifi wi-fi workout youtube'
  ).split(' '),
);
const EVERYDAY_RANK = 1_500;

/** Returns every form of the words whose rank is needed, without duplicates. */
export function listRankedForms(words: readonly string[]): string[] {
  return [...new Set(words.flatMap(listBaseForms))];
}

/** Returns the rank of the most frequent form of a word; undefined when no form is known. */
export function rankOf(ranks: VocabularyRanks, word: string): number | undefined {
  const known = listBaseForms(word).flatMap((form) => [
    ...(NEWER_WORDS.has(form) ? [EVERYDAY_RANK] : []),
    ...(ranks.has(form) ? [ranks.get(form) ?? 0] : []),
  ]);
  // Compounds such as well-known count as their rarest part.
  if (known.length === 0 && word.includes('-')) {
    const parts = word.split('-').map((part) => rankOf(ranks, part));
    return parts.every((rank) => rank !== undefined) ? Math.max(...parts) : undefined;
  }
  return known.length > 0 ? Math.min(...known) : undefined;
}
