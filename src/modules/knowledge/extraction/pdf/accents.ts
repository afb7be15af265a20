import type { Glyph } from './glyph.js';

/** Spacing accents, which TeX prints over a letter, and the combining characters that mean the same. */
const COMBINING: Record<string, string> = {
  '\u0060': '\u0300',
  '\u00b4': '\u0301',
  '\u02c6': '\u0302',
  '\u02dc': '\u0303',
  '\u00af': '\u0304',
  '\u02c9': '\u0304',
  '\u02d8': '\u0306',
  '\u02d9': '\u0307',
  '\u00a8': '\u0308',
  '\u02da': '\u030a',
  '\u02dd': '\u030b',
  '\u02c7': '\u030c',
  '\u00b8': '\u0327',
  '\u02db': '\u0328',
  '\u0337': '\u0337',
  '^': '\u0302',
  '~': '\u0303',
};
const DOTLESS: Record<string, string> = { '\u0131': 'i', '\u0237': 'j' };

const STROKED: Record<string, string> = { 'L\u0337': 'Ł', 'l\u0337': 'ł' };

/**
 * Joins accents and marks with the letter that they are printed on. Spacing accents and combining marks are glyphs of
 * their own, drawn immediately before or after their letter.
 */
export function attachAccents(glyphs: readonly Glyph[]): Glyph[] {
  const attached: (Glyph | null)[] = [...glyphs];
  glyphs.forEach((accent, index) => {
    const mark = markOf(accent.text);
    if (mark === null) return;
    const target = [index + 1, index - 1]
      .filter((other) => isPrintedOn(accent, attached[other], mark.spacing))
      .sort((a, b) => offset(accent, attached[a]) - offset(accent, attached[b]))[0];
    const letter = target === undefined ? null : attached[target];
    if (target === undefined || !letter) return;
    const text = (DOTLESS[letter.text] ?? letter.text) + mark.combining;
    attached[target] = { ...letter, text: STROKED[text] ?? text.normalize('NFC') };
    attached[index] = null;
  });
  return attached.filter((glyph) => glyph !== null);
}

function markOf(text: string): { combining: string; spacing: boolean } | null {
  const combining = COMBINING[text];
  if (combining) return { combining, spacing: true };
  return /^\p{Mn}+$/u.test(text) ? { combining: text, spacing: false } : null;
}

function isPrintedOn(accent: Glyph, letter: Glyph | null | undefined, spacing: boolean): boolean {
  if (!letter || !/^\p{L}\p{M}*$/u.test(letter.text)) return false;
  if (Math.abs(accent.y - letter.y) > 0.5 * letter.size) return false;
  const limit = spacing ? 0.5 * Math.max(letter.width, 0.1 * letter.size) : letter.width + 0.1 * letter.size;
  return offset(accent, letter) <= limit;
}

/** Returns the distance of the centres. */
function offset(accent: Glyph, letter: Glyph | null | undefined): number {
  return letter ? Math.abs(accent.x + accent.width / 2 - letter.x - letter.width / 2) : Infinity;
}
