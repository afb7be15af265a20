import type { DocumentWarning } from '@/modules/knowledge/extraction/extracted-document.js';
import type { Chunk } from '@/modules/knowledge/ingestion/chunker/index.js';

/** The file that the extraction process reads. */
export interface ExtractionTask {
  title: string;
  /** A title that the file states replaces the one of the task. */
  hasDefaultTitle: boolean;
  filename: string;
  /** The type that the content has. */
  contentType: string;
  /** Bytes. */
  size: number;
}

/** What the server sends before the bytes of the file. */
export interface LimitedTask extends ExtractionTask {
  /** Processor time that the document may take. */
  timeLimitMs: number;
}

export interface ExtractionProgress {
  stage: 'extracting' | 'chunking';
  percent: number;
}

/** What the process found out about a document, before it sends the chunks. */
export interface ExtractionSummary {
  /** The title of the task; or the one that the file states instead of a default title. */
  title: string;
  language: string | null;
  warnings: DocumentWarning[];
  /** UTF-16 code units. */
  textLength: number;
  chunkCount: number;
}

export interface ExtractedChunk extends Chunk {
  content: string;
}

/** Events of one extraction, in this order: progress and pieces of the text in UTF-8, the summary, chunks. */
export type ExtractionEvent =
  | ({ kind: 'progress' } & ExtractionProgress)
  | { kind: 'text'; data: Buffer }
  | ({ kind: 'extracted' } & ExtractionSummary)
  | { kind: 'chunks'; chunks: ExtractedChunk[] };
