import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { TimestampColumn } from '@/platform/persistence/timestamp-column.js';

@Entity('conversations')
@Index('conversations_owner_id_idx', { synchronize: false })
@Index('conversations_organization_id_idx', { synchronize: false })
export class Conversation {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'conversations_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey('users', 'id', { name: 'conversations_owner_id_fkey', onDelete: 'CASCADE' })
  owner_id!: string;

  /** Of the API key it was made with; null when it was made in person. Its messages belong where it does. */
  @Column('uuid', { nullable: true })
  @ForeignKey('organizations', 'id', { name: 'conversations_organization_id_fkey', onDelete: 'CASCADE' })
  organization_id!: OrganizationId | null;

  @Column('text')
  title!: string;

  /** False while the title is only the default: the first exchange gives it one. */
  @Column('boolean')
  titled!: boolean;

  /** Who answers in it, unless a turn names somebody else. */
  @Column('text', { nullable: true })
  provider!: string | null;

  @Column('jsonb')
  metadata!: Record<string, unknown>;

  /** Also the place of the last message: messages come one by one and none is ever taken out. */
  @Column('integer')
  message_count!: number;

  @TimestampColumn()
  created_at!: Date;

  @TimestampColumn()
  updated_at!: Date;
}
