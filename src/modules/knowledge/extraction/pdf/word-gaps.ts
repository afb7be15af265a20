import { isBlank, median } from './glyph.js';
import type { Glyph } from './glyph.js';

/** A gap between two words is at least this wide, relative to the font size, beyond the usual gap of letters. */
const WORD_GAP = 0.14;
/** Chinese and Japanese are written without spaces; only a gap of half a character separates there. */
const WIDE_WORD_GAP = 0.5;
const OVERPRINTED = 0.03;
/** Letters further apart than this are letter-spaced. */
const LETTER_SPACED = 0.08;
const WIDE = /[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]$/u;

/** A piece of a line: a glyph, or the blank between two words. */
export type Token = Glyph | ' ';

/**
 * Puts a blank between words. Programs write the blank as a character, or only as a gap, or both; and in letter-spaced
 * text each pair of letters has a gap. Therefore a gap separates words when it is clearly wider than the gap of the
 * letters of the same segment.
 */
export function separateWords(glyphs: readonly Glyph[], usual = letterGap(glyphs)): Token[] {
  const tokens: Token[] = [];
  let previous: Glyph | null = null;
  let blank: Glyph | null = null;
  for (const glyph of glyphs) {
    if (isBlank(glyph)) {
      blank = glyph;
      continue;
    }
    if (previous && isWordBoundary(previous, glyph, usual, blank)) tokens.push(' ');
    tokens.push(glyph);
    blank = null;
    previous = glyph;
  }
  return tokens;
}

function isWordBoundary(previous: Glyph, next: Glyph, usual: number, blank: Glyph | null): boolean {
  const gap = relativeGap(previous, next);
  // A blank that the next letter is printed on stands for a soft hyphen, for example in files of Chromium.
  if (blank && !(gap < OVERPRINTED && blank.width > WORD_GAP * blank.size)) return true;
  const isWide = WIDE.test(previous.text) && WIDE.test(next.text);
  return gap > usual + (isWide ? WIDE_WORD_GAP : WORD_GAP);
}

function relativeGap(previous: Glyph, next: Glyph): number {
  return (next.x - previous.x - previous.width) / Math.max(previous.size, next.size);
}

/** Returns the gap of letters, relative to the font size: 0 of text that is not letter-spaced. */
export function letterGap(glyphs: readonly Glyph[]): number {
  const gaps = gapsOf(glyphs);
  // Half of the gaps of two short words may be word gaps.
  if (gaps.length < 3) return 0;
  const usual = median(gaps);
  return usual > LETTER_SPACED && smallest(gaps) > LETTER_SPACED / 2 ? usual : 0;
}

/** Whether a few glyphs, too few to tell on their own, can be part of text with a known gap of letters. */
export function hasLetterGap(glyphs: readonly Glyph[], usual: number): boolean {
  const gaps = gapsOf(glyphs);
  return gaps.length > 0 && gaps.length < 3 && gaps.every((gap) => Math.abs(gap - usual) <= WORD_GAP);
}

function gapsOf(glyphs: readonly Glyph[]): number[] {
  const gaps: number[] = [];
  glyphs.forEach((glyph, index) => {
    const previous = glyphs[index - 1];
    if (previous && !isBlank(previous) && !isBlank(glyph)) gaps.push(relativeGap(previous, glyph));
  });
  return gaps;
}

const smallest = (values: readonly number[]): number =>
  values.reduce((least, value) => Math.min(least, value), Infinity);
