import { openDocument } from './open-document.js';
import type { PDFDocument } from './pdf-library.js';

/**
 * Tells which pages show a picture, without decoding it. A limit of one pixel makes every picture too large; the list of
 * operators ends at the first one when errors are not ignored. The file is opened a second time at the first question.
 */
export class PictureDetector {
  private document: PDFDocument | null = null;

  constructor(private readonly bytes: Uint8Array) {}

  /** `operators` is the number of operators of the page when errors are ignored. */
  async hasPicture(page: number, operators: number): Promise<boolean> {
    this.document ??= await openDocument(this.bytes, true);
    const proxy = await this.document.getPage(page);
    try {
      const { fnArray } = await proxy.getOperatorList({ annotationMode: 0 });
      return fnArray.length < operators;
    } catch {
      return true;
    } finally {
      proxy.cleanup();
    }
  }

  async close(): Promise<void> {
    await this.document?.loadingTask.destroy();
    this.document = null;
  }
}
