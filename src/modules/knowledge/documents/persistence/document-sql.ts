import { isManageableSql } from '@/modules/knowledge/access/persistence/manageable.js';
import type { Place } from '@/modules/knowledge/access/persistence/partition.repository.js';
import type { DocumentVersion } from './document-version.entity.js';
import type { KnowledgeDocument } from './knowledge-document.entity.js';

type VersionColumns = Pick<
  DocumentVersion,
  | 'filename'
  | 'content_type'
  | 'size'
  | 'sha256'
  | 'status'
  | 'stage'
  | 'progress_percent'
  | 'error_code'
  | 'error_message'
  | 'warnings'
  | 'language'
  | 'chunk_count'
>;

/** A document with its readers and its latest version. */
export interface DocumentRow extends Omit<KnowledgeDocument, 'bytes'>, VersionColumns, Place {
  version_id: string;
  /** Whether the reader may change and delete it. */
  manageable: boolean;
}

/** Columns of a {@link DocumentRow}, of a document `d`, its partition `p` and its latest version `v`. `$1` is the reader. */
export const DOCUMENT_COLUMNS = `d.id, d.partition_id, d.uploaded_by, d.collection_id, d.path, d.title, d.has_default_title, d.metadata, d.version,
  d.ready_version, d.ready_version_id, d.created_at, greatest(d.updated_at, v.updated_at) AS updated_at,
  v.id AS version_id, v.filename, v.content_type, v.size::float8 AS size, v.sha256, v.status, v.stage, v.progress_percent,
  v.error_code, v.error_message, v.warnings, v.language, v.chunk_count,
  p.visibility, p.owner_id, p.organization_id, p.team_id, p.conversation_id,
  ${isManageableSql('d.uploaded_by')} AS manageable`;

/** Joins the latest version of a document `d`. */
export const LATEST_VERSION =
  'knowledge_document_versions v ON v.document_id = d.id AND v.version = d.version';
