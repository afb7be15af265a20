import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { GroundingSource, JudgedSentence } from '@/modules/ai/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { TimestampColumn } from '@/platform/persistence/index.js';

/** A source as the answer cited it, with the version of its document at that time. */
export interface ReceiptSource extends GroundingSource {
  document_version: number;
}

/** What an answer from documents was based on. It belongs to its asker. */
@Entity('knowledge_receipts')
@Index('knowledge_receipts_owner_id_idx', { synchronize: false })
@Index('knowledge_receipts_organization_id_idx', ['organization_id'], {
  where: 'organization_id IS NOT NULL',
})
@Index('knowledge_receipts_conversation_id_idx', ['conversation_id'], {
  where: 'conversation_id IS NOT NULL',
})
@Index('knowledge_receipts_generation_id_idx', ['generation_id'])
export class KnowledgeReceipt {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'knowledge_receipts_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey('users', 'id', { name: 'knowledge_receipts_owner_id_fkey', onDelete: 'CASCADE' })
  owner_id!: string;

  /** Organization of the API key that asked; null for a session. */
  @Column('uuid', { nullable: true })
  @ForeignKey('organizations', 'id', {
    name: 'knowledge_receipts_organization_id_fkey',
    onDelete: 'CASCADE',
  })
  organization_id!: OrganizationId | null;

  /** Generations are deleted after a day, so this is no foreign key. */
  @Column('uuid')
  generation_id!: string;

  @Column('uuid', { nullable: true })
  @ForeignKey('conversations', 'id', {
    name: 'knowledge_receipts_conversation_id_fkey',
    onDelete: 'CASCADE',
  })
  conversation_id!: string | null;

  @Column('text')
  query!: string;

  @Column('text')
  answer!: string;

  @Column('jsonb')
  sentences!: JudgedSentence[];

  @Column('jsonb')
  sources!: ReceiptSource[];

  @TimestampColumn()
  created_at!: Date;
}
