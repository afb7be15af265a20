import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { KnowledgePartition } from '@/modules/knowledge/access/persistence/knowledge-partition.entity.js';

/** How many chunks of a partition contain a lexeme. */
@Entity('knowledge_terms')
@Check('knowledge_terms_chunks_check', 'chunks > 0')
export class KnowledgeTerm {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'knowledge_terms_pkey' })
  @ForeignKey(() => KnowledgePartition, { name: 'knowledge_terms_partition_id_fkey', onDelete: 'CASCADE' })
  partition_id!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'knowledge_terms_pkey', collation: 'C' })
  lexeme!: string;

  @Column('integer')
  chunks!: number;
}
