import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { TimestampColumn } from '@/platform/persistence/index.js';
import type { GrantScope, GrantMode } from '../integration-tokens.rules.js';

/** One issued token. The token itself is not stored. */
@Entity('integration_grants')
@Index('integration_grants_created_by_idx', ['created_by', 'organization_id'])
@Index('integration_grants_organization_id_idx', ['organization_id'])
@Index('integration_grants_revoked_at_idx', { synchronize: false })
@Index('integration_grants_expires_at_idx', ['expires_at'])
@Check('integration_grants_mode_check', `mode IN ('api', 'embed')`)
export class IntegrationGrant {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'integration_grants_pkey' })
  jti!: string;

  @Column('uuid')
  @ForeignKey('organizations', 'id', { name: 'integration_grants_organization_id_fkey', onDelete: 'CASCADE' })
  organization_id!: OrganizationId;

  @Column('uuid', { nullable: true })
  @ForeignKey('users', 'id', { name: 'integration_grants_created_by_fkey', onDelete: 'SET NULL' })
  created_by!: string | null;

  @Column('text')
  kid!: string;

  @Column('text')
  mode!: GrantMode;

  @Column('text')
  origin!: string;

  @Column('text', { array: true })
  scopes!: GrantScope[];

  /** True when the session or API key that requested the token had a second factor. */
  @Column('boolean')
  second_factor!: boolean;

  @TimestampColumn()
  issued_at!: Date;

  @TimestampColumn()
  valid_until!: Date;

  @TimestampColumn({ nullable: true })
  revoked_at!: Date | null;

  /** Has no foreign key: the revocation list keeps the id after the account is deleted. */
  @Column('uuid', { nullable: true })
  revoked_by!: string | null;

  @Column('text', { nullable: true })
  reason!: string | null;

  /** When the row is deleted. */
  @TimestampColumn()
  expires_at!: Date;
}
