import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { Scope } from '@/platform/access/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { TimestampColumn } from '@/platform/persistence/index.js';

/** An API key. It belongs to a membership: when its creator leaves the organization, the key is deleted. */
@Entity('api_keys')
@Unique('api_keys_key_hash_key', ['key_hash'])
@Index('api_keys_organization_id_idx', { synchronize: false })
@Index('api_keys_membership_idx', ['organization_id', 'created_by'])
@ForeignKey('memberships', ['organization_id', 'created_by'], ['organization_id', 'user_id'], {
  name: 'api_keys_membership_fkey',
  onDelete: 'CASCADE',
})
export class ApiKey {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'api_keys_pkey' })
  id!: string;

  @Column('uuid')
  organization_id!: OrganizationId;

  @Column('uuid')
  created_by!: string;

  @Column('text')
  name!: string;

  /** SHA-256 of the key. */
  @Column('bytea')
  key_hash!: Buffer;

  @Column('text')
  key_prefix!: string;

  @Column('text', { array: true })
  scopes!: Scope[];

  @Column('text', { array: true })
  allowed_ips!: string[];

  /** True when the session that created the key had given a second factor. */
  @Column('boolean')
  second_factor!: boolean;

  @TimestampColumn()
  created_at!: Date;

  /** The instant of creation, or of the last reactivation after a suspension. */
  @TimestampColumn()
  activated_at!: Date;

  @TimestampColumn({ nullable: true })
  expires_at!: Date | null;

  @TimestampColumn({ nullable: true })
  last_used_at!: Date | null;
}
