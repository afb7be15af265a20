/** Ligatures of Latin letters, Hebrew and Arabic presentation forms, radicals that fonts use for Chinese characters. */
const COMPATIBILITY_FORMS = /[\ufb00-\ufdff\ufe70-\ufefc\u2f00-\u2fd5\u2e9f-\u2ef3]/g;
/** Signs of symbol fonts in the private use area, as office programs write them. */
const SYMBOLS: Record<string, string> = {
  '\uf0b7': '•',
  '\uf0a7': '▪',
  '\uf0a8': '◦',
  '\uf06f': '◦',
  '\uf076': '•',
  '\uf0d8': '•',
  '\uf0fc': '✓',
  '\uf0fb': '✗',
  '\uf0fe': '☑',
  '\uf0fd': '☒',
  '\uf06c': '•',
  '\uf06e': '▪',
  '\uf0e0': '→',
  '\uf0df': '←',
  '\uf0ae': '→',
};
const PRIVATE_USE = /[\ue000-\uf8ff]/g;
const LEADERS = /(?:[.·…_]\s?){5,}/g;

/** Replaces characters that stand for a shape by those that stand for the meaning. */
export function normalizeCharacters(text: string): string {
  return text
    .replace(COMPATIBILITY_FORMS, (form) => form.normalize('NFKC'))
    .replace(PRIVATE_USE, (sign) => SYMBOLS[sign] ?? '')
    .replace(LEADERS, ' ')
    .replace(/\ufffd|[\0-\x08\x0e-\x1f]/g, '')
    .replace(/[^\S\n]+/g, ' ')
    .normalize('NFC');
}
