import {
  DOCUMENT_STATUSES,
  INGESTION_STAGES,
  VISIBILITIES,
  type DocumentStatus,
  type IngestionStage,
  type Visibility,
} from '@/modules/knowledge/knowledge.rules.js';
import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseListField,
  ResponseTimestampField,
} from '@/platform/openapi/index.js';
import type { DocumentRow } from '../persistence/document-sql.js';

@ApiSchema({ name: 'DocumentErrorResponse' })
export class DocumentErrorResponse {
  @ResponseField('string', 'encrypted')
  code!: string;

  @ResponseField('string', 'The file is protected by a password.')
  message!: string;
}

/** A document. The fields of the file and of its state are those of the latest version. */
@ApiSchema({ name: 'DocumentResponse' })
export class DocumentResponse {
  @ResponseIdField()
  id!: string;

  @ResponseField('string', 'Opening hours')
  title!: string;

  @ResponseField('string', 'opening-hours.md')
  filename!: string;

  @ResponseField('string', 'text/markdown', { description: 'The type that the content has.' })
  content_type!: string;

  @ResponseField('integer', 61, { description: 'Bytes of the file.' })
  size!: number;

  @ResponseField('string', 'c8f6a0cf7e4b4b0a3f6d58ad57a4e7e0a9a5c7a3be5f4ccf7e86a2a3a8b3c1d2')
  sha256!: string;

  @ResponseField('integer', 1, { description: 'The latest version.' })
  version!: number;

  @ResponseField('integer', 1, {
    nullable: true,
    description: 'The version that readers find; null before the first.',
  })
  ready_version!: number | null;

  @ResponseField('string', 'ready', { enum: DOCUMENT_STATUSES })
  status!: DocumentStatus;

  @ResponseField('string', null, { nullable: true, enum: INGESTION_STAGES })
  stage!: IngestionStage | null;

  @ResponseField('integer', 100)
  progress_percent!: number;

  @ResponseField(() => DocumentErrorResponse, null, { nullable: true })
  error!: DocumentErrorResponse | null;

  @ResponseListField('string', ['pages_without_text'])
  warnings!: string[];

  @ResponseField('string', 'en', { nullable: true })
  language!: string | null;

  @ResponseField('integer', 1)
  chunk_count!: number;

  @ResponseField('string', 'private', { enum: VISIBILITIES })
  visibility!: Visibility;

  @ResponseIdField({ nullable: true })
  organization_id!: string | null;

  @ResponseIdField({
    nullable: true,
    description: 'Null for a team that was deleted: owners and admins read its documents.',
  })
  team_id!: string | null;

  @ResponseIdField({ nullable: true })
  conversation_id!: string | null;

  @ResponseIdField({ nullable: true })
  collection_id!: string | null;

  @ResponseField('string', 'office/opening-hours.md', {
    nullable: true,
    description: 'Name of the file in its collection.',
  })
  path!: string | null;

  @ResponseIdField({
    nullable: true,
    description: 'Null when this user has left the organization, or was erased.',
  })
  uploaded_by!: string | null;

  @ResponseField('object', { course: 'B1' })
  metadata!: Record<string, unknown>;

  @ResponseTimestampField()
  created_at!: string;

  @ResponseTimestampField()
  updated_at!: string;

  static from(row: DocumentRow): DocumentResponse {
    const { error_code, error_message } = row;
    return {
      id: row.id,
      title: row.title,
      filename: row.filename,
      content_type: row.content_type,
      size: row.size,
      sha256: row.sha256,
      version: row.version,
      ready_version: row.ready_version,
      status: row.status,
      stage: row.stage,
      progress_percent: row.progress_percent,
      error: error_code === null ? null : { code: error_code, message: error_message ?? '' },
      warnings: row.warnings,
      language: row.language,
      chunk_count: row.chunk_count,
      visibility: row.visibility,
      organization_id: row.organization_id,
      team_id: row.team_id,
      conversation_id: row.conversation_id,
      collection_id: row.collection_id,
      path: row.path,
      uploaded_by: row.uploaded_by,
      metadata: row.metadata,
      created_at: row.created_at.toISOString(),
      updated_at: row.updated_at.toISOString(),
    };
  }
}
