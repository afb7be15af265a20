import { isText } from './text-encoding.js';
import { type DocumentType, detectTextType } from './text-type.js';
import { isZip, readZipNames } from './zip-directory.js';

/** A PDF file may have other bytes before its header, but not more. */
const PDF_HEADER_BYTES = 1_024;
const PDF_HEADER = /%PDF-\d\.\d(?=\s)/;
const PDF_OBJECT = /(?:^|[\r\n])\d+ \d+ obj\b/;

const COMPOUND_FILE = 'd0cf11e0a1b11ae1';
const ENCRYPTED_PACKAGE = Buffer.from('EncryptedPackage', 'utf16le');

const MAIN_PART = /^word\/document\d*\.xml$/;
const RICH_TEXT = /^\{\\rtf\d?\\/;

/** Returns whether a PDF header is followed by what a PDF file has; a text about PDF has only the header. */
function isPdf(buffer: Buffer, isTextFile: boolean): boolean {
  const header = PDF_HEADER.exec(buffer.toString('latin1', 0, PDF_HEADER_BYTES));
  if (header === null) return false;
  if (!isTextFile) return true;
  return header.index === 0 && buffer.includes('startxref') && PDF_OBJECT.test(buffer.toString('latin1'));
}

/** Judges a zip file by its directory, a cut one by the names before its entries. */
function isWordPackage(buffer: Buffer): boolean {
  const names = readZipNames(buffer);
  if (names === null) return buffer.includes('word/document');
  return names.includes('[Content_Types].xml') && names.some((name) => MAIN_PART.test(name));
}

/** Encrypted Office files are packed into a compound file, in which only the name tells Word from Excel. */
function isEncryptedWordPackage(buffer: Buffer, filename: string | null): boolean {
  return buffer.includes(ENCRYPTED_PACKAGE) && !/\.(?:xls|ppt)\w?$/i.test(filename ?? '');
}

/**
 * Returns the type of a file by its content; null when the type is not supported. The name and the stated type decide
 * only between types of text. An empty file is a text.
 */
export function detectDocumentType(
  bytes: Uint8Array,
  filename: string | null,
  statedType: string | null,
): DocumentType | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isZip(buffer)) return isWordPackage(buffer) ? 'docx' : null;
  if (buffer.toString('hex', 0, 8) === COMPOUND_FILE) {
    return isEncryptedWordPackage(buffer, filename) ? 'docx' : null;
  }
  const isTextFile = isText(buffer);
  if (isPdf(buffer, isTextFile)) return 'pdf';
  if (!isTextFile || RICH_TEXT.test(buffer.toString('latin1', 0, 16))) return null;
  return detectTextType(buffer, filename, statedType);
}
