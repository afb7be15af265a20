/** Longer words are located by their beginning. */
const MAX_LOCATED_CHARS = 24;
const MIN_LOCATED_CHARS = 3;

/** Accents, and punctuation that lexemes lack: e-mail has the lexeme email, and 1,234.56 has 1234.56. */
const IGNORED = `[-.,\\u0300-\\u036f]*`;

/** The small letters of Latin and Greek with accents, by their letter without. */
const ACCENTED = new Map<string, string>([['s', 'ß']]);
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
 * the lexeme in their ending, so its last character is ignored. Returns undefined without lexemes.
 */
export function toWordPattern(lexemes: readonly string[]): string | undefined {
  const patterns = lexemes.map((lexeme) => {
    const characters = [...lexeme];
    const length = Math.min(Math.max(MIN_LOCATED_CHARS, characters.length - 1), MAX_LOCATED_CHARS);
    return characters.slice(0, length).map(toCharacterPattern).join(IGNORED);
  });
  return patterns.length > 0 ? patterns.join('|') : undefined;
}

function toCharacterPattern(character: string): string {
  if (/[\p{L}\p{N}\p{M}]/u.test(character)) return `[${character}${ACCENTED.get(character) ?? ''}]`;
  return /[\u0021-\u007e]/.test(character) ? `\\${character}` : character;
}
