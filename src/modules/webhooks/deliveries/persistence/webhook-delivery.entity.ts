import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Webhook } from '@/modules/webhooks/hooks/persistence/webhook.entity.js';
import { TimestampColumn } from '@/platform/persistence/index.js';
import type { DeliveryState, FailureReason, StatusClass } from '../delivery.rules.js';

/** An event for one webhook, with the outcome of the last attempt. Its id is the `webhook-id` of every attempt. */
@Entity('webhook_deliveries')
@Check('webhook_deliveries_state_check', `state IN ('pending', 'delivered', 'failed')`)
@Check('webhook_deliveries_next_attempt_check', `(state = 'pending') = (next_attempt_at IS NOT NULL)`)
@Index('webhook_deliveries_webhook_id_idx', { synchronize: false })
@Index('webhook_deliveries_pending_idx', ['webhook_id'], { where: `state = 'pending'` })
@Index('webhook_deliveries_created_at_idx', ['created_at'])
export class WebhookDelivery {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'webhook_deliveries_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey(() => Webhook, { name: 'webhook_deliveries_webhook_id_fkey', onDelete: 'CASCADE' })
  webhook_id!: string;

  @Column('text')
  type!: string;

  /** The body of the requests, byte by byte: every attempt signs the same text. */
  @Column('text')
  payload!: string;

  @Column('text')
  state!: DeliveryState;

  /** Attempts so far, those before a redelivery included. */
  @Column('integer', { default: 0 })
  attempts!: number;

  /** Attempts before the last redelivery. */
  @Column('integer', { default: 0 })
  series_start!: number;

  @TimestampColumn()
  created_at!: Date;

  @TimestampColumn({ nullable: true })
  attempted_at!: Date | null;

  @TimestampColumn({ nullable: true })
  next_attempt_at!: Date | null;

  @Column('text', { nullable: true })
  status_class!: StatusClass | null;

  @Column('text', { nullable: true })
  reason!: FailureReason | null;

  /** Rounded to 100 ms. */
  @Column('integer', { nullable: true })
  duration_ms!: number | null;
}
