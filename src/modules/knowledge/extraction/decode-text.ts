import type { DocumentWarning } from './extracted-document.js';
import { removeInvisibleCharacters } from './hidden-characters.js';
import { decodeLegacy, judgeLegacyEncoding } from './legacy-encoding.js';
import { byteOrderMark, decodeStrictly, unmarkedUtf16 } from './text-encoding.js';

export interface DecodedText {
  /** The text without byte order mark, invisible characters and controls; never with half a surrogate pair. */
  text: string;
  warnings: DocumentWarning[];
}

const ISO_2022_JP = /\u001b\$[@B]/;

function decodeBytes(bytes: Uint8Array): string {
  const mark = byteOrderMark(bytes);
  if (mark !== null) {
    return new TextDecoder(mark.encoding, { ignoreBOM: true }).decode(bytes.subarray(mark.length));
  }
  const utf16 = unmarkedUtf16(bytes);
  if (utf16 !== null) return new TextDecoder(utf16).decode(bytes);
  const utf8 = decodeStrictly(bytes, 'utf-8');
  if (utf8 === null) return decodeLegacy(bytes, judgeLegacyEncoding(bytes));
  return ISO_2022_JP.test(utf8) ? new TextDecoder('iso-2022-jp').decode(bytes) : utf8;
}

/** Reads a text file in Unicode or in the encoding that its content suggests. */
export function decodeText(bytes: Uint8Array): DecodedText {
  const decoded = decodeBytes(bytes);
  const { text, hasHiddenText } = removeInvisibleCharacters(decoded);
  const warnings: DocumentWarning[] = [];
  if (decoded.includes('\ufffd')) warnings.push('replaced_characters');
  if (hasHiddenText) warnings.push('hidden_text');
  return { text, warnings };
}
