import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { DocumentVersion } from '@/modules/knowledge/documents/persistence/document-version.entity.js';
import { KnowledgeDocument } from '@/modules/knowledge/documents/persistence/knowledge-document.entity.js';

/**
 * A passage of a version of a document. Readers find the chunks of the version that the document names as `ready_version_id`,
 * and the statistics count only these. Chunks of a later version are inserted while it is processed; the transaction that
 * makes it ready deletes those of the version before.
 */
@Entity('knowledge_chunks')
@Unique('knowledge_chunks_ordinal_key', ['version_id', 'ordinal'])
@Check('knowledge_chunks_offsets_check', '0 <= start_offset AND start_offset < end_offset')
@Index('knowledge_chunks_document_id_idx', ['document_id'])
@Index('knowledge_chunks_words_idx', { synchronize: false })
export class KnowledgeChunk {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'knowledge_chunks_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey(() => KnowledgeDocument, { name: 'knowledge_chunks_document_id_fkey', onDelete: 'CASCADE' })
  document_id!: string;

  @Column('uuid')
  @ForeignKey(() => DocumentVersion, { name: 'knowledge_chunks_version_id_fkey', onDelete: 'CASCADE' })
  version_id!: string;

  /**
   * The partition in the keys of the index. While it is not that of the document, which has moved, no search by words finds the
   * chunk.
   */
  @Column('uuid')
  partition_id!: string;

  /** Position in the document, from 0. */
  @Column('integer')
  ordinal!: number;

  /** UTF-16 offsets of `content` in the text of the version, the end exclusive. */
  @Column('integer')
  start_offset!: number;

  @Column('integer')
  end_offset!: number;

  /** UTF-16 offsets of the section that contains the chunk. */
  @Column('integer')
  parent_start!: number;

  @Column('integer')
  parent_end!: number;

  /** The page that the chunk begins on, from 1; null without pages. */
  @Column('integer', { nullable: true })
  page!: number | null;

  /** Headings above the chunk, the highest first. */
  @Column('text', { array: true })
  heading_path!: string[];

  /** Title and headings in one line: searched with the content, and not a part of the text. */
  @Column('text')
  context!: string;

  @Column('text')
  content!: string;

  /** The text search configuration of the language of the document. */
  @Column('text')
  configuration!: string;

  /** Lexemes of context and content. */
  @Column('tsvector')
  words!: string;

  /** Number of words of context and content, the length in the ranking formula. */
  @Column('integer')
  length!: number;
}
