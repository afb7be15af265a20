export interface DecodedHtml {
  html: string;
  /** Bytes that are no text in the encoding became U+FFFD. */
  replaced: boolean;
}

/** Browsers look for the declaration of the encoding in the first 1024 bytes; pages written by hand have it later. */
const PRESCAN_BYTES = 4096;

/** The characters of the bytes 80 to 9F; some versions of Node.js leave them control characters. */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

/**
 * Decodes a page: a byte order mark decides first, then UTF-8 where the bytes are valid UTF-8 (many pages were
 * converted without changing their declaration), then the declared encoding, and windows-1252 last.
 */
export function decodeHtml(bytes: Uint8Array): DecodedHtml {
  const marked = encodingOfMark(bytes);
  if (marked !== null) return decodeAs(bytes, marked);
  const declared = declaredEncoding(bytes);
  const utf8 = decodeStrictly(bytes);
  const isPureAscii = utf8 !== null && utf8.length === bytes.length;
  if (utf8 !== null && !(isPureAscii && declared !== null)) return { html: utf8, replaced: false };
  return decodeAs(bytes, declared ?? 'windows-1252');
}

function encodingOfMark([first, second, third]: Uint8Array): string | null {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : null;
}

function decodeStrictly(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function declaredEncoding(bytes: Uint8Array): string | null {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, PRESCAN_BYTES));
  const markup = start.toString('latin1').replace(/<!--[\s\S]*?(-->|$)/g, '');
  const label =
    /<meta\b[^>]*\bcharset\s*=\s*["']?\s*([\w:.-]+)/i.exec(markup)?.[1] ??
    /^\s*<\?xml\b[^>]*\bencoding\s*=\s*["']([\w:.-]+)/i.exec(markup)?.[1];
  return label === undefined ? null : knownEncoding(label);
}

/** A page whose declaration could be read as ASCII is not UTF-16, whatever it declares. */
function knownEncoding(label: string): string | null {
  try {
    const { encoding } = new TextDecoder(label);
    return encoding.startsWith('utf-16') ? 'utf-8' : encoding;
  } catch {
    return null;
  }
}

function decodeAs(bytes: Uint8Array, encoding: string): DecodedHtml {
  const html = new TextDecoder(encoding).decode(bytes);
  if (encoding === 'windows-1252') {
    return { html: html.replace(/[\x80-\x9f]/g, toWindows1252), replaced: false };
  }
  return { html, replaced: html.includes('\ufffd') };
}

function toWindows1252(character: string): string {
  return WINDOWS_1252.charAt(character.charCodeAt(0) - 0x80);
}
