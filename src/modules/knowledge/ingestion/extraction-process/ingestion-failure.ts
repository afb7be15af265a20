import type { ExtractionFailureCode } from '@/modules/knowledge/extraction/extracted-document.js';

/** Why a version failed. Clients see these codes. */
export type IngestionFailureCode =
  ExtractionFailureCode | 'timed_out' | 'cancelled' | 'interrupted' | 'internal';

/** Thrown when a version cannot become ready. `detail` is a sentence for the user. */
export class IngestionFailure extends Error {
  constructor(
    readonly code: IngestionFailureCode,
    readonly detail: string,
  ) {
    super(detail);
  }
}

/** Thrown when an ingestion has become useless: the version was cancelled, deleted or replaced, or the server shuts down. */
export class IngestionStopped extends Error {}
