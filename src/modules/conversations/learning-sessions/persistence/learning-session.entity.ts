import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Conversation } from '@/modules/conversations/persistence/conversation.entity.js';
import { TimestampColumn } from '@/platform/persistence/index.js';

/** A period of learning in a conversation. A conversation has at most one active session. */
@Entity('learning_sessions')
@Index('learning_sessions_conversation_id_idx', { synchronize: false })
@Index('learning_sessions_active_key', ['conversation_id'], { unique: true, where: 'ended_at IS NULL' })
@Check('learning_sessions_order_check', 'last_activity_at >= started_at AND ended_at >= last_activity_at')
export class LearningSession {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'learning_sessions_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey(() => Conversation, { name: 'learning_sessions_conversation_id_fkey', onDelete: 'CASCADE' })
  conversation_id!: string;

  @TimestampColumn()
  started_at!: Date;

  @TimestampColumn()
  last_activity_at!: Date;

  @TimestampColumn({ nullable: true })
  ended_at!: Date | null;
}
