import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { TimestampColumn } from '@/platform/persistence/index.js';

@Entity('conversations')
@Index('conversations_owner_id_idx', { synchronize: false })
@Index('conversations_organization_id_idx', { synchronize: false })
export class Conversation {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'conversations_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey('users', 'id', { name: 'conversations_owner_id_fkey', onDelete: 'CASCADE' })
  owner_id!: string;

  /** Organization of the API key that created the conversation; null when a session created it. */
  @Column('uuid', { nullable: true })
  @ForeignKey('organizations', 'id', { name: 'conversations_organization_id_fkey', onDelete: 'CASCADE' })
  organization_id!: OrganizationId | null;

  @Column('text')
  title!: string;

  /** False while the title is the default one, which the first exchange replaces. */
  @Column('boolean')
  titled!: boolean;

  /** Provider or model for requests that name none. */
  @Column('text', { nullable: true })
  provider!: string | null;

  @Column('jsonb')
  metadata!: Record<string, unknown>;

  /** Equals the `seq` of the last message, because messages are only appended. */
  @Column('integer')
  message_count!: number;

  @TimestampColumn()
  created_at!: Date;

  @TimestampColumn()
  updated_at!: Date;
}
