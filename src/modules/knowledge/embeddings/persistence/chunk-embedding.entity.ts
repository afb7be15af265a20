import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { KnowledgeChunk } from '@/modules/knowledge/chunks/persistence/knowledge-chunk.entity.js';

/**
 * The vector of a chunk. A chunk whose text has none, such as one of symbols only, has no row. It is stored here only, whether
 * the vectors are compared in memory or by pgvector, so that it is deleted with its chunk.
 */
@Entity('knowledge_embeddings')
@Index('knowledge_embeddings_version_id_idx', ['version_id'])
export class ChunkEmbedding {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'knowledge_embeddings_pkey' })
  @ForeignKey(() => KnowledgeChunk, { name: 'knowledge_embeddings_chunk_id_fkey', onDelete: 'CASCADE' })
  chunk_id!: string;

  /** Of the chunk. */
  @Column('uuid')
  version_id!: string;

  @Column('text')
  model!: string;

  /** A vector of length 1. Not of the type of pgvector, which not every database has. */
  @Column('real', { array: true })
  embedding!: number[];

  /** The hash of the context, which is title and headings, that the vector was made of. Null: not known. */
  @Column('uuid', { nullable: true })
  context_key!: string | null;
}
