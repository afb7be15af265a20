import { definePDFJSModule } from 'unpdf';
import type { getDocumentProxy, getResolvedPDFJS } from 'unpdf';

export type PDFDocument = Awaited<ReturnType<typeof getDocumentProxy>>;
export type PDFPage = Awaited<ReturnType<PDFDocument['getPage']>>;
export type PDFOperatorList = Awaited<ReturnType<PDFPage['getOperatorList']>>;
export type OPS = Awaited<ReturnType<typeof getResolvedPDFJS>>['OPS'];

let loading: Promise<void> | null = null;

/** Loads pdf.js once; its errors are those of the installation, and no property of a file. */
export function loadLibrary(): Promise<void> {
  addMissingBuiltIns();
  loading ??= definePDFJSModule(() => import('unpdf/pdfjs'));
  return loading;
}

/**
 * pdf.js calls `ArrayBuffer.prototype.transferToFixedLength` for embedded fonts. Node.js 20 does not have it; without it
 * the operator list of a page ends silently at the first embedded font.
 */
function addMissingBuiltIns(): void {
  const prototype = ArrayBuffer.prototype as ArrayBuffer & { transferToFixedLength?: unknown };
  prototype.transferToFixedLength ??= function transferToFixedLength(
    this: ArrayBuffer,
    length = this.byteLength,
  ): ArrayBuffer {
    const moved = structuredClone(this, { transfer: [this] });
    if (length === moved.byteLength) return moved;
    const resized = new Uint8Array(length);
    resized.set(new Uint8Array(moved, 0, Math.min(length, moved.byteLength)));
    return resized.buffer;
  };
}
