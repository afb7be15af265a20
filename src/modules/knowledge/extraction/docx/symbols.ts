/** Signs of the Wingdings font that carry meaning, by their code without the private-use offset F000. */
const WINGDINGS = new Map<number, string>([
  [0x4a, '☺'],
  [0x6c, '●'],
  [0x6e, '■'],
  [0x6f, '☐'],
  [0x71, '❑'],
  [0x72, '❒'],
  [0x75, '◆'],
  [0x76, '❖'],
  [0x9f, '•'],
  [0xa1, '○'],
  [0xa7, '▪'],
  [0xa8, '☐'],
  [0xd8, '➢'],
  [0xdf, '←'],
  [0xe0, '→'],
  [0xe1, '↑'],
  [0xe2, '↓'],
  [0xe8, '➔'],
  [0xf0, '⇨'],
  [0xfb, '✗'],
  [0xfc, '✓'],
  [0xfd, '☒'],
  [0xfe, '☑'],
]);

const WINGDINGS_2 = new Map<number, string>([
  [0x4f, '✗'],
  [0x50, '✓'],
  [0x51, '☒'],
  [0x52, '☑'],
  [0x53, '☒'],
  [0xa3, '☐'],
]);

/** The Symbol font from 0x41 and from 0x61, and its signs; other codes are those of ASCII. */
const SYMBOL = new Map<number, string>([
  ...pairs(0x41, 'ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ'),
  ...pairs(0x61, 'αβχδεφγηιϕκλμνοπθρστυϖωξψζ'),
  ...pairs(0xa1, 'ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…'),
  ...pairs(0xc4, '⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓'),
  [0x22, '∀'],
  [0x24, '∃'],
  [0x2d, '−'],
  [0x40, '≅'],
  [0xe5, '∑'],
  [0xf2, '∫'],
]);

function pairs(from: number, characters: string): [number, string][] {
  return [...characters].map((character, index) => [from + index, character]);
}

/** Returns the character of a `w:sym`; empty for a decorative sign without an equivalent. */
export function symbolCharacter(font: string, hexadecimal: string): string {
  const code = Number.parseInt(hexadecimal, 16);
  if (Number.isNaN(code) || code > 0xffff) return '';
  return inFont(code, font.toLowerCase()) ?? (isPrivate(code) ? '' : String.fromCodePoint(code));
}

/** Replaces private-use characters, which only a font for symbols can draw; bullets where nothing else is known. */
export function replacePrivateUse(text: string, font = ''): string {
  return text.replace(/[\uf020-\uf0ff]/g, (character) => {
    const code = character.charCodeAt(0);
    return inFont(code, font.toLowerCase()) ?? WINGDINGS.get(code & 0xff) ?? SYMBOL.get(code & 0xff) ?? '•';
  });
}

/** Returns text as it looks in its font: in a font for symbols, letters are signs. */
export function textInFont(text: string, font: string): string {
  if (!/^(symbol|wingdings( 2)?)$/i.test(font)) return replacePrivateUse(text);
  return replacePrivateUse(text, font).replace(
    /[!-~\xa1-\xff]/g,
    (character) => inFont(character.charCodeAt(0), font.toLowerCase()) ?? character,
  );
}

function inFont(code: number, font: string): string | undefined {
  const low = isPrivate(code) ? code & 0xff : code;
  if (font === 'wingdings') return WINGDINGS.get(low);
  if (font === 'wingdings 2') return WINGDINGS_2.get(low);
  if (font !== 'symbol') return undefined;
  return SYMBOL.get(low) ?? (low >= 0x20 && low < 0x7f ? String.fromCharCode(low) : undefined);
}

function isPrivate(code: number): boolean {
  return code >= 0xe000 && code <= 0xf8ff;
}
