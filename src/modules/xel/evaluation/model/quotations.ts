import type { Evidence } from '../evaluation.js';
import { listWords } from '../text/words.js';

/** A quote of fewer words can be found in nearly every text, so it proves nothing. */
const MIN_QUOTED_WORDS = 2;
const MAX_QUOTED_CHARACTERS = 300;
/** Parts of other words are passed over, at most so many. */
const MAX_TRIES = 1_000;

const SAME: Readonly<Record<string, string>> = { '‘': "'", '’': "'", '“': '"', '”': '"', '–': '-', '—': '-' };

/** Makes signs equal that models exchange. Every character stays one character, so offsets stay. */
export function foldSigns(text: string): string {
  return text.replace(/[‘’“”–—\s]/g, (sign) => SAME[sign] ?? ' ');
}

/** A text that is searched for quotes. */
export interface SearchedText {
  text: string;
  folded: string;
}

export function toSearchedText(text: string): SearchedText {
  return { text, folded: foldSigns(text) };
}

/** Returns the first place of a quote in a text; undefined when it is not there, or proves nothing. */
export function findQuote({ text, folded }: SearchedText, quote: string): Evidence | undefined {
  if (quote.length > MAX_QUOTED_CHARACTERS || listWords(quote).length < MIN_QUOTED_WORDS) return undefined;
  const [start] = findPlaces(folded, foldSigns(quote.trim()));
  if (start === undefined) return undefined;
  const end = start + quote.trim().length;
  return { quote: text.slice(start, end), start, end };
}

/**
 * Returns where the words of a correction begin in a text: the only place where they are, else the only one within the only place of
 * `context`. Undefined when the place is not clear.
 */
export function locate({ folded }: SearchedText, original: string, context: string): number | undefined {
  const needle = foldSigns(original);
  const places = findPlaces(folded, needle);
  if (places.length < 2) return places[0];
  const surroundings = foldSigns(context);
  const [around, ...others] = surroundings === '' ? [] : findPlaces(folded, surroundings);
  const [inner, ...more] = findPlaces(surroundings, needle);
  if (around === undefined || inner === undefined || others.length + more.length > 0) return undefined;
  return around + inner;
}

/** Returns the first two places where a needle begins, as whole words: more make no difference. */
function findPlaces(text: string, needle: string): number[] {
  const places: number[] = [];
  let start = needle === '' ? -1 : text.indexOf(needle);
  for (let tries = 0; start >= 0 && places.length < 2 && tries < MAX_TRIES; tries += 1) {
    if (isBoundary(text, start) && isBoundary(text, start + needle.length)) places.push(start);
    start = text.indexOf(needle, start + 1);
  }
  return places;
}

/** Returns whether no word goes on across an offset: "don" is no word of "don't". */
function isBoundary(text: string, offset: number): boolean {
  const around = text.slice(Math.max(0, offset - 2), offset + 2);
  const before = Math.min(2, offset);
  const joined = around.slice(Math.max(0, before - 1), before + 1);
  return !(
    /^[\p{L}\p{N}]{2}$/u.test(joined) ||
    /^\p{L}'\p{L}/u.test(around.slice(Math.max(0, before - 1))) ||
    (before === 2 && /^\p{L}'\p{L}/u.test(around.slice(0, 3)))
  );
}
