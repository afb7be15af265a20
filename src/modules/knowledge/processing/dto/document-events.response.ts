import { DocumentErrorResponse } from '@/modules/knowledge/documents/dto/document.response.js';
import {
  DOCUMENT_STATUSES,
  type DocumentStatus,
  INGESTION_STAGES,
  type IngestionStage,
} from '@/modules/knowledge/knowledge.rules.js';
import { ResponseField } from '@/platform/openapi/index.js';

/** Data of the event `stage`: what the ingestion does at present. */
export class DocumentStageEvent {
  @ResponseField('string', 'processing', { enum: DOCUMENT_STATUSES })
  status!: DocumentStatus;

  @ResponseField('string', 'extracting', { nullable: true, enum: INGESTION_STAGES })
  stage!: IngestionStage | null;

  @ResponseField('integer', 10)
  percent!: number;
}

/** Data of the event `end`, the last one: the document is ready or failed. */
export class DocumentEndEvent {
  @ResponseField('string', 'ready', { enum: DOCUMENT_STATUSES })
  status!: DocumentStatus;

  @ResponseField(() => DocumentErrorResponse, null, { nullable: true })
  error!: DocumentErrorResponse | null;
}

export const DOCUMENT_EVENTS = [DocumentStageEvent, DocumentEndEvent];
