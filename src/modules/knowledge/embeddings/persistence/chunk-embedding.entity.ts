import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { KnowledgeChunk } from '@/modules/knowledge/chunks/persistence/knowledge-chunk.entity.js';

/** The vector of a chunk. A chunk whose text has none, such as one of symbols only, has no row. */
@Entity('knowledge_embeddings')
export class ChunkEmbedding {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'knowledge_embeddings_pkey' })
  @ForeignKey(() => KnowledgeChunk, { name: 'knowledge_embeddings_chunk_id_fkey', onDelete: 'CASCADE' })
  chunk_id!: string;

  @Column('text')
  model!: string;

  /** Little-endian 32-bit numbers of a vector of length 1. */
  @Column('bytea')
  embedding!: Buffer;

  /** The hash of the context, which is title and headings, that the vector was made of. Null: not known. */
  @Column('uuid', { nullable: true })
  context_key!: string | null;
}
