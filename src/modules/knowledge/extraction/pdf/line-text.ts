import { toLogicalOrder } from './bidirectional.js';
import { isBlank } from './glyph.js';
import type { Glyph } from './glyph.js';
import { normalizeCharacters } from './normalize-characters.js';
import type { Segment } from './segments.js';
import { separateWords } from './word-gaps.js';
import type { Token } from './word-gaps.js';

const RAISED = 0.15;
const SMALLER = 0.85;
const NOTE_MARK = /^[\d*†‡§¶]+$/u;

/** Returns the text of a segment as it is read. */
export function textOfSegment(
  { glyphs, letterGap }: Pick<Segment, 'glyphs' | 'letterGap'>,
  isRightToLeft = false,
): string {
  const tokens = separateScripts(separateWords(glyphs, letterGap), baselineOf(glyphs), largestSize(glyphs));
  const units = tokens.map((token) => (token === ' ' ? ' ' : token.text));
  return normalizeCharacters(toLogicalOrder(units, isRightToLeft).join('')).trim();
}

/** Puts a blank around raised digits and signs: the mark of a footnote is no part of the word before it. */
function separateScripts(tokens: readonly Token[], baseline: number, size: number): Token[] {
  const result: Token[] = [];
  let wasMark = false;
  for (const token of tokens) {
    const isMark = token !== ' ' && isRaisedMark(token, baseline, size);
    const previous = result.at(-1);
    const joinsWord = previous !== undefined && previous !== ' ' && token !== ' ' && isMark !== wasMark;
    if (joinsWord && (isMark || /^[\p{L}\p{N}]/u.test(token.text))) result.push(' ');
    result.push(token);
    if (token !== ' ') wasMark = isMark;
  }
  return result;
}

function isRaisedMark(glyph: Glyph, baseline: number, size: number): boolean {
  return glyph.size <= SMALLER * size && baseline - glyph.y > RAISED * size && NOTE_MARK.test(glyph.text);
}

function baselineOf(glyphs: readonly Glyph[]): number {
  const size = largestSize(glyphs);
  return glyphs.find((glyph) => !isBlank(glyph) && glyph.size >= 0.95 * size)?.y ?? 0;
}

const largestSize = (glyphs: readonly Glyph[]): number =>
  glyphs.reduce((size, glyph) => (isBlank(glyph) ? size : Math.max(size, glyph.size)), 0);
