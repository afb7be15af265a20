import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { KnowledgePartition } from '@/modules/knowledge/access/persistence/knowledge-partition.entity.js';
import { TimestampColumn } from '@/platform/persistence/index.js';

/** Documents with a common name and the same readers. */
@Entity('knowledge_collections')
@Index('knowledge_collections_partition_id_idx', { synchronize: false })
@Index('knowledge_collections_created_by_idx', ['created_by'])
export class KnowledgeCollection {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'knowledge_collections_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey(() => KnowledgePartition, {
    name: 'knowledge_collections_partition_id_fkey',
    onDelete: 'CASCADE',
  })
  partition_id!: string;

  @Column('uuid', { nullable: true })
  @ForeignKey('users', 'id', { name: 'knowledge_collections_created_by_fkey', onDelete: 'SET NULL' })
  created_by!: string | null;

  @Column('text')
  name!: string;

  @TimestampColumn()
  created_at!: Date;

  @TimestampColumn()
  updated_at!: Date;
}
