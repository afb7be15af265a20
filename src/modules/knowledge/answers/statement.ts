import { extractKeywords } from '@/modules/ai/index.js';
import {
  DATE_WORDS,
  FUNCTION_WORDS,
  GERMAN_WORD,
  NEGATION,
  NUMBER_WORDS,
  UNITS,
} from './statement-vocabulary.js';

const NUMBER = /\p{Nd}+(?:[.,:]\p{Nd}+)*/gu;
const CURRENCY_SYMBOL = /[€$£¥%]/gu;
/** A word, and the one after it. */
const WORD_PAIR = /(?<!\p{L})(\p{L}{2,20})(?=[\s-]{1,2}(\p{L}{1,20}))/gu;
/** A word directly after a number. */
const UNIT_WORD = /\p{Nd}[\s-]{0,2}(\p{L}{1,20})/gu;
const CAPITALIZED_WORD = /(?<=[^\s.!?:*#>"'“„«(-][\s"'“„«(]{1,3})\p{Lu}\p{L}{1,40}/gu;
/** The time that word segmentation takes grows with the square of the length. */
const PIECE = /[^]{1,300}(?=\s|$)|[^]{1,300}/gu;

/** What a sentence says, in the parts that are compared. */
export interface Statement {
  /** Words with content, without facts. */
  words: readonly string[];
  /** Numbers, units and dates, in one form for all spellings: a source must have each of them. */
  facts: readonly string[];
  /** Words that are probably names. A source must have each of them. */
  names: readonly string[];
  negated: boolean;
}

export function toStatement(sentence: string): Statement {
  const text = sentence.normalize('NFKC');
  const found = new Set((text.match(PIECE) ?? []).flatMap((piece) => extractKeywords(piece)));
  const words = [...found].filter((word) => !FUNCTION_WORDS.has(word));
  return {
    words: words.filter((word) => !isFact(word) && !NEGATION.test(word)),
    facts: findFacts(text, words),
    names: GERMAN_WORD.test(text) ? [] : findNames(text).filter((name) => found.has(name) && !isFact(name)),
    negated: NEGATION.test(text),
  };
}

function findFacts(text: string, words: readonly string[]): string[] {
  const numbers = (text.match(NUMBER) ?? []).map(normalizeNumber);
  const symbols = text.match(CURRENCY_SYMBOL) ?? [];
  const units = [...symbols, ...findUnitWords(text)].flatMap((unit) => UNITS.get(unit) ?? []);
  const dates = words.flatMap((word) => toDateWord(word) ?? []);
  const numberWords = words.flatMap((word) => NUMBER_WORDS.get(word) ?? []);
  return [...new Set([...numbers, ...units, ...dates, ...numberWords])];
}

/** Returns the words after numbers, in digits or letters. */
function findUnitWords(text: string): string[] {
  const lower = text.toLowerCase();
  const afterDigits = [...lower.matchAll(UNIT_WORD)].map(([, word = '']) => word);
  const afterWords = [...lower.matchAll(WORD_PAIR)].flatMap(([, number = '', word = '']) =>
    NUMBER_WORDS.has(number) ? [word] : [],
  );
  return [...afterDigits, ...afterWords];
}

/** Facts are compared apart from the other words. */
function isFact(word: string): boolean {
  const isNumber = /^\p{Nd}[\p{Nd}.,:]*$/u.test(word);
  return isNumber || NUMBER_WORDS.has(word) || UNITS.has(word) || toDateWord(word) !== undefined;
}

/** Returns `montag` for `montags`. */
function toDateWord(word: string): string | undefined {
  return [word, word.replace(/s$/u, '')].find((form) => DATE_WORDS.has(form));
}

/** Returns `1000` for `1,000` and `1.000`, and `3.5` for `3,50`. */
function normalizeNumber(number: string): string {
  if (/^\p{Nd}{1,3}(?:([.,])\p{Nd}{3})(?:\1\p{Nd}{3})*$/u.test(number)) return number.replace(/[.,]/gu, '');
  return number
    .replace(',', '.')
    .replace(/(\.\p{Nd}*?)0+$/u, '$1')
    .replace(/\.$/u, '');
}

function findNames(text: string): string[] {
  const names = (text.match(CAPITALIZED_WORD) ?? []).map((name) => name.toLowerCase());
  return [...new Set(names)].filter((name) => !FUNCTION_WORDS.has(name));
}
