/** Longer words are located by their beginning. */
const MAX_LOCATED_CHARS = 24;
const MIN_LOCATED_CHARS = 3;

/** Accents, and punctuation that lexemes lack: e-mail has the lexeme email, and 1,234.56 has 1234.56. */
const IGNORED = `[-.,\\u0300-\\u036f]*`;

/** Small letters that `search_fold` replaces, by what they become: these, and all with accents. */
const ACCENTED = new Map(
  ['sß', 'oø', 'dđ', 'lł', 'iı', 'hħ', 'tŧ', 'её'].map(([plain = '', letter = '']) => [plain, letter]),
);
const LIGATURES: Readonly<Record<string, string>> = { ss: 'ß', ae: 'æ', oe: 'œ' };
for (const [first, last] of [
  [0xdf, 0x24f],
  [0x390, 0x3ce],
  [0x1e00, 0x1fff],
] as const)
  for (let code = first; code <= last; code += 1) addAccented(String.fromCharCode(code));

function addAccented(letter: string): void {
  const [plain = '', ...marks] = letter.normalize('NFD');
  if (marks.length > 0 && letter === letter.toLowerCase())
    ACCENTED.set(plain, (ACCENTED.get(plain) ?? '') + letter);
}

/**
 * Returns a regular expression of PostgreSQL that finds forms of lexemes in a text in small letters. Inflected forms differ from
 * the lexeme in their ending, so its last character is ignored. The text that matches includes what surrounds a short word, so that its position can be
 * found by the text alone. Returns undefined without lexemes.
 */
export function toWordPattern(lexemes: readonly string[]): string | undefined {
  return lexemes.length > 0 ? lexemes.map(toLexemePattern).join('|') : undefined;
}

function toLexemePattern(lexeme: string): string {
  const characters = [...lexeme];
  const length = Math.min(Math.max(MIN_LOCATED_CHARS, characters.length - 1), MAX_LOCATED_CHARS);
  const units =
    characters
      .slice(0, length)
      .join('')
      .match(/ss|ae|oe|[^]/gu) ?? [];
  const pattern = units.map(toUnitPattern).join(IGNORED);
  return /^[a-z0-9]{1,2}$/.test(lexeme) ? `[^[:alnum:]]${pattern}(?:[^[:alnum:]]|$)` : pattern;
}

function toUnitPattern(unit: string): string {
  const ligature = LIGATURES[unit];
  const letters = [...unit].map(toCharacterPattern).join(IGNORED);
  return ligature === undefined ? letters : `(?:${letters}|${ligature})`;
}

function toCharacterPattern(character: string): string {
  if (/[\p{L}\p{N}\p{M}]/u.test(character)) return `[${character}${ACCENTED.get(character) ?? ''}]`;
  return /[\u0021-\u007e]/.test(character) ? `\\${character}` : character;
}
