import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { TimestampColumn } from '@/platform/persistence/index.js';

/** One RSA key pair of a tenant. At most one key pair of a tenant is active. The private key is encrypted. */
@Entity('integration_keys')
@Unique('integration_keys_kid_key', ['kid'])
@Index('integration_keys_active_key', ['organization_id'], { unique: true, where: 'retired_at IS NULL' })
@Index('integration_keys_organization_id_idx', { synchronize: false })
export class IntegrationKey {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'integration_keys_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey('organizations', 'id', { name: 'integration_keys_organization_id_fkey', onDelete: 'CASCADE' })
  organization_id!: OrganizationId;

  @Column('text')
  kid!: string;

  /** DER-encoded SPKI. */
  @Column('bytea')
  public_key!: Buffer;

  /** PKCS#8 PEM, encrypted by SecretBox with `kid` as associated data. */
  @Column('bytea')
  private_key!: Buffer;

  @TimestampColumn()
  created_at!: Date;

  @TimestampColumn({ nullable: true })
  retired_at!: Date | null;

  /** Until then a retired key is published and valid for verification. */
  @TimestampColumn({ nullable: true })
  published_until!: Date | null;
}
