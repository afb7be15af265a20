import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { Visibility } from '@/modules/knowledge/knowledge.rules.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';

/** The set of all documents with the same readers. Documents, collections and chunks name their partition. */
@Entity('knowledge_partitions')
@Check(
  'knowledge_partitions_visibility_check',
  `CASE visibility
    WHEN 'private' THEN owner_id IS NOT NULL AND team_id IS NULL AND conversation_id IS NULL
    WHEN 'conversation' THEN owner_id IS NOT NULL AND team_id IS NULL AND conversation_id IS NOT NULL
    WHEN 'team' THEN owner_id IS NULL AND organization_id IS NOT NULL AND conversation_id IS NULL
    WHEN 'organization' THEN owner_id IS NULL AND organization_id IS NOT NULL AND team_id IS NULL
      AND conversation_id IS NULL
    ELSE false
  END`,
)
@Index('knowledge_partitions_private_key', { synchronize: false })
@Index('knowledge_partitions_conversation_key', { synchronize: false })
@Index('knowledge_partitions_team_key', { synchronize: false })
@Index('knowledge_partitions_organization_key', { synchronize: false })
@Index('knowledge_partitions_owner_id_idx', ['owner_id'])
@Index('knowledge_partitions_organization_id_idx', ['organization_id'])
export class KnowledgePartition {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'knowledge_partitions_pkey' })
  id!: string;

  @Column('text')
  visibility!: Visibility;

  /** The user of `private` and `conversation` documents. */
  @Column('uuid', { nullable: true })
  @ForeignKey('users', 'id', { name: 'knowledge_partitions_owner_id_fkey', onDelete: 'CASCADE' })
  owner_id!: string | null;

  /** The organization of shared documents, or of the API key that made personal ones. */
  @Column('uuid', { nullable: true })
  @ForeignKey('organizations', 'id', {
    name: 'knowledge_partitions_organization_id_fkey',
    onDelete: 'CASCADE',
  })
  organization_id!: OrganizationId | null;

  /** Null in a `team` partition whose team was deleted: only owners and admins read it then. */
  @Column('uuid', { nullable: true })
  @ForeignKey('teams', 'id', { name: 'knowledge_partitions_team_id_fkey', onDelete: 'SET NULL' })
  team_id!: string | null;

  @Column('uuid', { nullable: true })
  @ForeignKey('conversations', 'id', {
    name: 'knowledge_partitions_conversation_id_fkey',
    onDelete: 'CASCADE',
  })
  conversation_id!: string | null;

  /** Size of the original files of all versions. Triggers keep it. */
  @Column('bigint', { default: 0 })
  bytes!: number;
}
