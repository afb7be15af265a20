import { Check, Column, Entity, ForeignKey, PrimaryColumn, Unique } from 'typeorm';
import { Conversation } from '@/modules/conversations/persistence/conversation.entity.js';
import { TimestampColumn } from '@/platform/persistence/index.js';
import type { FinishReason, MessageRole, MessageSource, MessageUsage } from '../message.rules.js';

/** One message of a conversation. Rows are never updated. */
@Entity('messages')
@Unique('messages_conversation_id_seq_key', ['conversation_id', 'seq'])
@Check('messages_role_check', `role IN ('user', 'assistant', 'system')`)
@Check(
  'messages_finish_reason_check',
  `finish_reason IN ('stop', 'length', 'content_filter', 'stopped', 'error')`,
)
export class Message {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'messages_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey(() => Conversation, { name: 'messages_conversation_id_fkey', onDelete: 'CASCADE' })
  conversation_id!: string;

  /** Position in the conversation, from 1. */
  @Column('integer')
  seq!: number;

  @Column('text')
  role!: MessageRole;

  @Column('text')
  content!: string;

  @Column('text', { nullable: true })
  provider!: string | null;

  @Column('text', { nullable: true })
  model!: string | null;

  /** Null for messages of users. */
  @Column('text', { nullable: true })
  finish_reason!: FinishReason | null;

  @Column('jsonb', { nullable: true })
  usage!: MessageUsage | null;

  @Column('jsonb')
  sources!: MessageSource[];

  @TimestampColumn()
  created_at!: Date;
}
