/** Who can read a document. `team` and `organization` documents are shared: they belong to the organization. */
export const VISIBILITIES = ['private', 'conversation', 'team', 'organization'] as const;
export type Visibility = (typeof VISIBILITIES)[number];

export const DOCUMENT_STATUSES = ['queued', 'processing', 'ready', 'failed'] as const;
export type DocumentStatus = (typeof DOCUMENT_STATUSES)[number];

/** Returns whether a version waits for its ingestion, or is ingested. */
export function isInProgress(status: DocumentStatus): boolean {
  return status === 'queued' || status === 'processing';
}

/** What the ingestion of a version does at present; null when it has not begun, and when it is over. */
export const INGESTION_STAGES = ['extracting', 'chunking', 'embedding', 'indexing'] as const;
export type IngestionStage = (typeof INGESTION_STAGES)[number];

export const MAX_TITLE_LENGTH = 200;

/** Returns a text as the title of a document: one line of visible characters. Null when nothing is left. */
export function toTitle(text: string | null): string | null {
  const line = (text ?? '').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return line.slice(0, MAX_TITLE_LENGTH).toWellFormed().trim() || null;
}
