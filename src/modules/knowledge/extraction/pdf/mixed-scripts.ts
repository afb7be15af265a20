const WORD = /[\p{L}\p{M}]+/gu;
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}]/u;
const OTHER_ALPHABET = /[\p{Script=Greek}\p{Script=Cyrillic}]/u;
const LATIN_SUPPLEMENT = /[\u00c0-\u00ff]/u;
/** Greek and Cyrillic letters are also signs in words of other scripts. */
const MIN_WORDS = 3;

/**
 * Whether words mix a script with letters of Latin-1. Programs that make files smaller lose the mapping of some letters
 * to characters, and these come out as Latin-1.
 */
export function hasMixedScripts(text: string): boolean {
  if (!LATIN_SUPPLEMENT.test(text)) return false;
  let others = 0;
  for (const [word] of text.matchAll(WORD)) {
    if (!LATIN_SUPPLEMENT.test(word)) continue;
    if (RIGHT_TO_LEFT.test(word)) return true;
    if (OTHER_ALPHABET.test(word)) others += 1;
    if (others >= MIN_WORDS) return true;
  }
  return false;
}
