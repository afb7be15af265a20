import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { FailureReason } from '@/modules/integrations/google/google-failure.js';
import { TimestampColumn } from '@/platform/persistence/index.js';

export type Provider = 'google_calendar';

export type ConnectionStatus = 'active' | 'scope_missing' | 'reconnect_required';

/** A connection of a user to a service. */
@Entity('integration_connections')
@Unique('integration_connections_user_id_provider_key', ['user_id', 'provider'])
@Index('integration_connections_refreshed_at_idx', ['refreshed_at', 'id'], {
  where: `status <> 'reconnect_required'`,
})
@Index('integration_connections_account_idx', ['provider', 'account_email'])
@Check('integration_connections_provider_check', `provider IN ('google_calendar')`)
@Check('integration_connections_status_check', `status IN ('active', 'scope_missing', 'reconnect_required')`)
export class IntegrationConnection {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'integration_connections_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey('users', 'id', { name: 'integration_connections_user_id_fkey', onDelete: 'CASCADE' })
  user_id!: string;

  @Column('text')
  provider!: Provider;

  @Column('text')
  status!: ConnectionStatus;

  @Column('text', { nullable: true })
  account_email!: string | null;

  /** As granted. */
  @Column('text', { array: true })
  scopes!: string[];

  /** Access and refresh token, encrypted. */
  @Column('bytea')
  tokens!: Buffer;

  /** Grows with every change of the tokens. */
  @Column('integer')
  token_version!: number;

  @TimestampColumn()
  access_expires_at!: Date;

  @TimestampColumn()
  refreshed_at!: Date;

  /** The refresh that runs at present, until its lease ends. */
  @Column('uuid', { nullable: true })
  refresh_claim!: string | null;

  @TimestampColumn({ nullable: true })
  refresh_claimed_until!: Date | null;

  /** When the owner was told that the connection does not work any more. */
  @TimestampColumn({ nullable: true })
  broken_at!: Date | null;

  @TimestampColumn()
  connected_at!: Date;

  @TimestampColumn({ nullable: true })
  last_success_at!: Date | null;

  @Column('text', { nullable: true })
  last_error!: FailureReason | null;
}
