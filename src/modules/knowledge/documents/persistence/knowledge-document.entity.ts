import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { KnowledgePartition } from '@/modules/knowledge/access/persistence/knowledge-partition.entity.js';
import { KnowledgeCollection } from '@/modules/knowledge/collections/persistence/knowledge-collection.entity.js';
import { TimestampColumn } from '@/platform/persistence/index.js';

@Entity('knowledge_documents')
@Check('knowledge_documents_version_check', 'version >= 1 AND ready_version <= version')
@Check('knowledge_documents_ready_version_check', '(ready_version IS NULL) = (ready_version_id IS NULL)')
@Index('knowledge_documents_partition_id_idx', { synchronize: false })
@Index('knowledge_documents_collection_id_idx', { synchronize: false })
@Index('knowledge_documents_path_key', { synchronize: false })
@Index('knowledge_documents_uploaded_by_idx', ['uploaded_by'])
export class KnowledgeDocument {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'knowledge_documents_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey(() => KnowledgePartition, {
    name: 'knowledge_documents_partition_id_fkey',
    onDelete: 'CASCADE',
  })
  partition_id!: string;

  @Column('uuid', { nullable: true })
  @ForeignKey('users', 'id', { name: 'knowledge_documents_uploaded_by_fkey', onDelete: 'SET NULL' })
  uploaded_by!: string | null;

  /** A collection of the same partition. */
  @Column('uuid', { nullable: true })
  @ForeignKey(() => KnowledgeCollection, {
    name: 'knowledge_documents_collection_id_fkey',
    onDelete: 'SET NULL',
  })
  collection_id!: string | null;

  /** Name of the file in its collection, for the sync; unique there. */
  @Column('text', { nullable: true })
  path!: string | null;

  @Column('text')
  title!: string;

  /** The title is the name of the file: the one that the first ready version states replaces it. */
  @Column('boolean', { default: false })
  has_default_title!: boolean;

  @Column('jsonb')
  metadata!: Record<string, unknown>;

  /** The latest version, from 1. */
  @Column('integer')
  version!: number;

  /** The version that readers find; null until one is ready. */
  @Column('integer', { nullable: true })
  ready_version!: number | null;

  /** The id of this version: its chunks are the ones that readers find. */
  @Column('uuid', { nullable: true })
  ready_version_id!: string | null;

  /** Size of the original files of all versions. Triggers keep it, and the sum of each partition. */
  @Column('bigint', { default: 0 })
  bytes!: number;

  @TimestampColumn()
  created_at!: Date;

  @TimestampColumn()
  updated_at!: Date;
}
