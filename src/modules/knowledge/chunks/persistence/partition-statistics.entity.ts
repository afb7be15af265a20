import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { KnowledgePartition } from '@/modules/knowledge/access/persistence/knowledge-partition.entity.js';

/** Number and length of the chunks of a partition in one text search configuration; zero after the last was removed. */
@Entity('knowledge_partition_statistics')
export class PartitionStatistics {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'knowledge_partition_statistics_pkey' })
  @ForeignKey(() => KnowledgePartition, {
    name: 'knowledge_partition_statistics_partition_id_fkey',
    onDelete: 'CASCADE',
  })
  partition_id!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'knowledge_partition_statistics_pkey' })
  configuration!: string;

  @Column('integer')
  chunks!: number;

  @Column('bigint')
  length!: number;
}
