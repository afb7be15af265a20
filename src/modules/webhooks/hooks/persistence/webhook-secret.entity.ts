import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { TimestampColumn } from '@/platform/persistence/index.js';
import { Webhook } from './webhook.entity.js';

/** A secret that signs deliveries. The current one of a webhook does not expire; a replaced one signs for 24 more hours. */
@Entity('webhook_secrets')
@Index('webhook_secrets_webhook_id_idx', { synchronize: false })
@Index('webhook_secrets_current_key', ['webhook_id'], { unique: true, where: 'expires_at IS NULL' })
@Index('webhook_secrets_expires_at_idx', ['expires_at'], { where: 'expires_at IS NOT NULL' })
export class WebhookSecret {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'webhook_secrets_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey(() => Webhook, { name: 'webhook_secrets_webhook_id_fkey', onDelete: 'CASCADE' })
  webhook_id!: string;

  /** Encrypted with the id as context. */
  @Column('bytea')
  sealed!: Buffer;

  @TimestampColumn()
  created_at!: Date;

  @TimestampColumn({ nullable: true })
  expires_at!: Date | null;
}
