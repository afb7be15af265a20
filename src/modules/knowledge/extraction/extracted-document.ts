/** What a block of a document is for a reader. */
export type BlockKind = 'heading' | 'paragraph' | 'list_item' | 'table_row' | 'code' | 'footnote';

/**
 * A block of the text of a document. Blocks are in reading order and do not overlap; between two blocks there is only
 * white space. `start` and `end` are UTF-16 offsets in {@link ExtractedDocument.text}, the end exclusive.
 */
export interface TextBlock {
  kind: BlockKind;
  start: number;
  end: number;
  /** 1 to 6; only of a heading. */
  level?: number;
  /** The page that the block begins on, from 1; only of documents with pages. */
  page?: number;
}

/** Findings about a document that do not prevent its use; clients see these codes. */
export const DOCUMENT_WARNINGS = [
  /** Words mix letters of two scripts: the file was probably damaged by the program that compressed it. */
  'mixed_scripts',
  /** Some pages are pictures, whose text was not read. */
  'pages_without_text',
  /** Bytes that are no valid text were replaced. */
  'replaced_characters',
  /** Rows have other numbers of cells than the header. */
  'uneven_rows',
  /** Text that a reader cannot see was left out. */
  'hidden_text',
] as const;
export type DocumentWarning = (typeof DOCUMENT_WARNINGS)[number];

/** The text of a file as a reader sees it. */
export interface ExtractedDocument {
  text: string;
  blocks: TextBlock[];
  /** The title that the file states itself, from its metadata or its markup. */
  title: string | null;
  /** BCP 47 tag that the file states itself, for example of `<html lang>`. */
  statedLanguage: string | null;
  /** Number of pages; null for formats without pages. */
  pages: number | null;
  warnings: DocumentWarning[];
}

/** Why a file has no text that can be used. Clients see these codes. */
export const EXTRACTION_FAILURES = ['unreadable', 'encrypted', 'needs_ocr', 'too_large', 'no_text'] as const;
export type ExtractionFailureCode = (typeof EXTRACTION_FAILURES)[number];

/** Thrown by an extractor. `detail` is a sentence for the user; it never quotes the file. */
export class ExtractionFailure extends Error {
  constructor(
    readonly code: ExtractionFailureCode,
    readonly detail: string,
  ) {
    super(detail);
  }
}

/** Reads one format. `bytes` is the whole file. Runs in the extraction process, never in the server. */
export type DocumentExtractor = (bytes: Uint8Array) => Promise<ExtractedDocument>;

/** Largest text of a document, in UTF-16 code units; beyond it extraction fails with `too_large`. */
export const MAX_TEXT_UNITS = 50 * 1024 * 1024;
