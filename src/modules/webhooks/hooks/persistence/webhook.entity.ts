import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { OrganizationEventType } from '@/platform/events/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { TimestampColumn } from '@/platform/persistence/index.js';

/** Why a webhook is switched off: by a request, or because no delivery succeeded for three days. */
export type DisabledReason = 'requested' | 'failing';

/** An address that receives events of an organization. */
@Entity('webhooks')
@Check('webhooks_disabled_reason_check', `disabled_reason IN ('requested', 'failing')`)
@Check('webhooks_enabled_check', 'enabled = (disabled_reason IS NULL)')
@Index('webhooks_organization_id_idx', { synchronize: false })
@Index('webhooks_created_by_idx', ['created_by'])
export class Webhook {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'webhooks_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey('organizations', 'id', { name: 'webhooks_organization_id_fkey', onDelete: 'CASCADE' })
  organization_id!: OrganizationId;

  @Column('text')
  url!: string;

  @Column('text', { array: true })
  events!: OrganizationEventType[];

  @Column('text', { nullable: true })
  description!: string | null;

  @Column('boolean')
  enabled!: boolean;

  @Column('text', { nullable: true })
  disabled_reason!: DisabledReason | null;

  /** Deliveries of webhooks of one organization with the same slot run one after the other. */
  @Column('smallint')
  serial_slot!: number;

  @Column('uuid', { nullable: true })
  @ForeignKey('users', 'id', { name: 'webhooks_created_by_fkey', onDelete: 'SET NULL' })
  created_by!: string | null;

  @TimestampColumn()
  created_at!: Date;

  @TimestampColumn()
  updated_at!: Date;

  /** When a delivery last succeeded; written at most once a minute. */
  @TimestampColumn({ nullable: true })
  last_success_at!: Date | null;
}
