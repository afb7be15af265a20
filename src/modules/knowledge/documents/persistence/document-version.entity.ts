import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { DocumentStatus, IngestionStage } from '@/modules/knowledge/knowledge.rules.js';
import { TimestampColumn } from '@/platform/persistence/index.js';
import { KnowledgeDocument } from './knowledge-document.entity.js';

/**
 * A file of a document and the state of its ingestion. A document has at most two: the one that readers find, and a later
 * one that is not ready. The others are deleted.
 */
@Entity('knowledge_document_versions')
@Unique('knowledge_document_versions_version_key', ['document_id', 'version'])
@Check('knowledge_document_versions_status_check', `status IN ('queued', 'processing', 'ready', 'failed')`)
@Check('knowledge_document_versions_error_check', `(status = 'failed') = (error_code IS NOT NULL)`)
@Check('knowledge_document_versions_progress_check', 'progress_percent BETWEEN 0 AND 100')
@Index('knowledge_document_versions_unfinished_idx', ['updated_at'], {
  where: `status IN ('queued', 'processing')`,
})
@Index('knowledge_document_versions_sha256_idx', ['sha256'])
export class DocumentVersion {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'knowledge_document_versions_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey(() => KnowledgeDocument, {
    name: 'knowledge_document_versions_document_id_fkey',
    onDelete: 'CASCADE',
  })
  document_id!: string;

  @Column('integer')
  version!: number;

  @Column('text')
  filename!: string;

  /** The type that the content has, not the one that the client stated. */
  @Column('text')
  content_type!: string;

  /** Bytes of the original file. */
  @Column('bigint')
  size!: number;

  /** Of the original file, in hexadecimal. */
  @Column('text')
  sha256!: string;

  @Column('text')
  status!: DocumentStatus;

  @Column('text', { nullable: true })
  stage!: IngestionStage | null;

  @Column('integer')
  progress_percent!: number;

  @Column('text', { nullable: true })
  error_code!: string | null;

  @Column('text', { nullable: true })
  error_message!: string | null;

  @Column('text', { array: true })
  warnings!: string[];

  /** BCP 47 tag of the detected language. */
  @Column('text', { nullable: true })
  language!: string | null;

  @Column('integer')
  chunk_count!: number;

  /** UTF-16 code units of the extracted text. */
  @Column('integer')
  text_length!: number;

  @TimestampColumn()
  created_at!: Date;

  @TimestampColumn()
  updated_at!: Date;
}
