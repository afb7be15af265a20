import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Conversation } from '@/modules/conversations/persistence/conversation.entity.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { TimestampColumn } from '@/platform/persistence/index.js';

@Entity('notes')
@Index('notes_owner_id_idx', { synchronize: false })
@Index('notes_organization_id_idx', { synchronize: false })
@Index('notes_conversation_id_idx', { synchronize: false })
export class Note {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'notes_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey('users', 'id', { name: 'notes_owner_id_fkey', onDelete: 'CASCADE' })
  owner_id!: string;

  /** Organization of the API key or conversation it was created with; null for a personal note. */
  @Column('uuid', { nullable: true })
  @ForeignKey('organizations', 'id', { name: 'notes_organization_id_fkey', onDelete: 'CASCADE' })
  organization_id!: OrganizationId | null;

  /** Has the same owner and organization. When the conversation is deleted, the note stays. */
  @Column('uuid', { nullable: true })
  @ForeignKey(() => Conversation, { name: 'notes_conversation_id_fkey', onDelete: 'SET NULL' })
  conversation_id!: string | null;

  @Column('text', { nullable: true })
  title!: string | null;

  @Column('text')
  content!: string;

  @TimestampColumn()
  created_at!: Date;

  @TimestampColumn()
  updated_at!: Date;
}
