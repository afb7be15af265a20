import { getDocumentProxy } from 'unpdf';
import { ExtractionFailure } from '../extracted-document.js';
import { loadLibrary } from './pdf-library.js';
import type { PDFDocument } from './pdf-library.js';

/** Pictures of more pixels are not decoded: extraction needs none of them. */
const NO_PICTURES = 1;
const ERRORS_ONLY = 0;

/** Opens a file. Throws {@link ExtractionFailure} when a password is needed or the file cannot be read. */
export async function openDocument(bytes: Uint8Array, stopAtErrors = false): Promise<PDFDocument> {
  await loadLibrary();
  try {
    // pdf.js takes the buffer away, therefore it gets a copy. It refuses a Buffer, which `slice` would return.
    return await getDocumentProxy(new Uint8Array(bytes), {
      maxImageSize: NO_PICTURES,
      verbosity: ERRORS_ONLY,
      // Otherwise pdf.js converts the glyphs of each font to paths.
      disableFontFace: false,
      useSystemFonts: false,
      stopAtErrors,
    });
  } catch (error) {
    if ((error as Error | null)?.name === 'PasswordException') {
      throw new ExtractionFailure('encrypted', 'The file is protected with a password.');
    }
    throw new ExtractionFailure('unreadable', 'The file is damaged or is no PDF file.');
  }
}
