import { resembledLanguage } from './language.js';

/** Encodings that text files had before UTF-8. In doubt the earlier one is chosen. */
const LEGACY_ENCODINGS = [
  'windows-1252',
  'windows-1250',
  'iso-8859-2',
  'windows-1251',
  'koi8-r',
  'shift_jis',
  'euc-jp',
  'gb18030',
  'big5',
  'euc-kr',
] as const;
export type LegacyEncoding = (typeof LEGACY_ENCODINGS)[number];

/** Characters of windows-1252 from 0x80 to 0x9F; U+FFFD where the encoding has none. */
const WINDOWS_1252_UPPER =
  '\u20ac\ufffd\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\ufffd\u017d\ufffd' +
  '\ufffd\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\ufffd\u017e\u0178';

/** Bytes of the parts of a file that are compared. */
const SAMPLE_BYTES = 4_096;

/** What one improbable character costs, measured in the score of a language. */
const PENALTY = 0.15;

/** Letters that Hungarian does not have; the bytes are ő and ű in windows-1250. */
const NOT_HUNGARIAN = /[õûÕÛ]/g;

const WORDS = /[^\s,.;:!?()"'„“”’‘–«»¿¡…]+/gu;
const INVALID = /[\ufffd\u0080-\u009f\p{Cn}\p{Co}]/gu;
const LATIN = /\p{sc=Latin}/u;
const CYRILLIC = /\p{sc=Cyrillic}/u;
const EAST_ASIAN = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u;
const CAPITAL_WITHIN_WORD = /\p{Ll}\p{Lu}/gu;
const SIGN_WITHIN_WORD = /(?<=\p{L})[\p{S}\p{Po}\p{No}\u00a0](?=\p{L})|[\p{So}\p{Sm}\p{Sk}¬¦]/gu;
const HALF_WIDTH_KATAKANA = /[\uff61-\uff9f]/gu;

function count(text: string, expression: RegExp): number {
  return text.match(expression)?.length ?? 0;
}

/** Returns a text in an encoding. Node.js 20 decodes windows-1252 as if it were ISO-8859-1, so that € is missing. */
export function decodeLegacy(bytes: Uint8Array, encoding: LegacyEncoding): string {
  if (encoding !== 'windows-1252') return new TextDecoder(encoding).decode(bytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('latin1')
    .replace(/[\u0080-\u009f]/g, (character) => WINDOWS_1252_UPPER.charAt(character.charCodeAt(0) - 0x80));
}

/** Counts what occurs in a text that was decoded by a wrong table, and hardly in a right one. */
function countImprobable(text: string): number {
  let improbable = 5 * count(text, INVALID);
  for (const word of text.match(WORDS) ?? []) {
    const scripts = [LATIN, CYRILLIC, EAST_ASIAN].filter((script) => script.test(word)).length;
    improbable += scripts > 1 ? 3 : 0;
    improbable += 2 * count(word, CAPITAL_WITHIN_WORD);
    improbable += LATIN.test(word) || CYRILLIC.test(word) ? 2 * count(word, SIGN_WITHIN_WORD) : 0;
    improbable += count(word, HALF_WIDTH_KATAKANA);
  }
  return improbable;
}

/** Returns the lines with bytes above 0x7F, up to {@link SAMPLE_BYTES}: only they tell the encodings apart. */
function sampleOf(bytes: Uint8Array): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const lines: Uint8Array[] = [];
  let size = 0;
  for (let start = 0; start < buffer.length && size < SAMPLE_BYTES;) {
    const lineBreak = buffer.indexOf(0x0a, start);
    const end = lineBreak < 0 ? buffer.length : lineBreak + 1;
    const line = buffer.subarray(start, Math.min(end, start + SAMPLE_BYTES));
    if (line.some((byte) => byte > 0x7f)) {
      lines.push(line);
      size += line.length;
    }
    start = end;
  }
  return Buffer.concat(lines);
}

/** Returns the encoding in which a text that is not UTF-8 resembles a language most. */
export function judgeLegacyEncoding(bytes: Uint8Array): LegacyEncoding {
  const sample = sampleOf(bytes);
  let best: LegacyEncoding = 'windows-1252';
  let bestScore = -Infinity;
  for (const encoding of LEGACY_ENCODINGS) {
    const text = decodeLegacy(sample, encoding);
    const { language, score: resemblance } = resembledLanguage(text);
    const improbable = countImprobable(text) + (language === 'hu' ? count(text, NOT_HUNGARIAN) : 0);
    const score = resemblance - (PENALTY * improbable) / Math.max(1, text.length / 50);
    if (score > bestScore) [best, bestScore] = [encoding, score];
  }
  return best;
}
