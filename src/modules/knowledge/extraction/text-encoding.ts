/** A text may contain one control character in so many bytes; a stray one does not make it binary. */
const BYTES_PER_CONTROL = 200;
/** Bytes that are judged. Those of a larger file are in pieces from all parts of it: the process serves no other request until then. */
const JUDGED_BYTES = 1024 * 1024;
const JUDGED_PIECE_BYTES = 4096;

const ASSIGNED = /^[^\p{Cn}\p{Co}\p{Cc}]*$/u;

const SCRIPTS = ['Latin', 'Greek', 'Cyrillic', 'Arabic', 'Hebrew', 'Thai', 'Devanagari', 'Han', 'Hangul'];
const SCRIPT_EXPRESSIONS = [...SCRIPTS, 'Hiragana', 'Katakana'].map(
  (name) => new RegExp(`\\p{sc=${name}}`, 'gu'),
);

/** Returns null where the bytes are not valid in the encoding. A byte order mark stays in the text. */
export function decodeStrictly(bytes: Uint8Array, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Returns the Unicode encoding that a byte order mark states, and the length of the mark. */
export function byteOrderMark(bytes: Uint8Array): { encoding: string; length: number } | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return { encoding: 'utf-8', length: 3 };
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { encoding: 'utf-16le', length: 2 };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { encoding: 'utf-16be', length: 2 };
  return null;
}

/** Returns whether almost all letters of a text belong to scripts that are used together in one language. */
function isPlausible(text: string): boolean {
  if (!ASSIGNED.test(text.replace(/[\t\n\f\r]/g, ' ')) || !/[\s\u3000]/u.test(text)) return false;
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const counts = SCRIPT_EXPRESSIONS.map((script) => text.match(script)?.length ?? 0).sort((a, b) => b - a);
  return letters > 0 && (counts[0] ?? 0) + (counts[1] ?? 0) + (counts[2] ?? 0) >= 0.95 * letters;
}

/** Returns the encoding of a UTF-16 text without byte order mark; null when it is not evident. */
export function unmarkedUtf16(bytes: Uint8Array): string | null {
  if (bytes.length % 2 !== 0 || !bytes.includes(0)) return null;
  const sample = bytes.subarray(0, 4_096);
  for (const encoding of ['utf-16le', 'utf-16be']) {
    const text = decodeStrictly(sample, encoding) ?? decodeStrictly(sample.subarray(0, -2), encoding);
    if (text !== null && isPlausible(text)) return encoding;
  }
  return null;
}

function isControl(byte: number): boolean {
  return byte < 0x20 ? byte < 0x08 || (byte > 0x0d && byte !== 0x1a && byte !== 0x1b) : byte === 0x7f;
}

/** Returns whether bytes are text in an encoding that `decodeText` reads. */
export function isText(bytes: Uint8Array): boolean {
  if (byteOrderMark(bytes) !== null || unmarkedUtf16(bytes) !== null) return true;
  let controls = 0;
  let judged = 0;
  for (const piece of piecesOf(bytes)) {
    for (const byte of piece) if (isControl(byte)) controls += 1;
    judged += piece.length;
  }
  return controls * BYTES_PER_CONTROL <= judged;
}

function piecesOf(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length <= JUDGED_BYTES) return [bytes];
  const count = JUDGED_BYTES / JUDGED_PIECE_BYTES;
  const step = (bytes.length - JUDGED_PIECE_BYTES) / (count - 1);
  return Array.from({ length: count }, (_, index) => {
    const start = Math.floor(index * step);
    return bytes.subarray(start, start + JUDGED_PIECE_BYTES);
  });
}
