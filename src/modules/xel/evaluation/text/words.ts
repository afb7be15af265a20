import type { Span } from './span.js';

export interface Word extends Span {
  /** Lower case, with a straight apostrophe. */
  normalized: string;
}

/** Words with their apostrophes and hyphens: `don't`, `well-known`, `o'clock`. */
const WORD = /\p{L}[\p{L}\p{M}]*(?:['’][\p{L}\p{M}]+)*(?:-\p{L}[\p{L}\p{M}]*(?:['’][\p{L}\p{M}]+)*)*/gu;

/** Returns the words of a text in order. Numbers are no words. */
export function listWords(text: string): Word[] {
  return Array.from(text.matchAll(WORD), ({ 0: word, index }) => ({
    start: index,
    end: index + word.length,
    text: word,
    normalized: normalizeWord(word),
  }));
}

/** Returns a word in lower case with a straight apostrophe. */
export function normalizeWord(word: string): string {
  return word.toLowerCase().replaceAll('’', "'");
}
