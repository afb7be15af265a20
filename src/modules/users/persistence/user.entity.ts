import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { TimestampColumn } from '@/platform/persistence/index.js';

export interface EmailPreferences {
  usage_billing?: boolean;
  ai_studio?: boolean;
  system_alerts?: boolean;
}

@Entity('users')
@Unique('users_username_key', ['username'])
@Unique('users_email_key', ['email'])
@Index('users_home_organization_id_idx', ['home_organization_id'])
@Index('users_primary_organization_id_idx', ['primary_organization_id'])
export class User {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'users_pkey' })
  id!: string;

  @Column('text')
  username!: string;

  /** True when the XC registration derived the username from the address; the user may change it once. */
  @Column('boolean', { default: false })
  username_is_derived!: boolean;

  @Column('text')
  email!: string;

  @TimestampColumn({ nullable: true })
  email_verified_at!: Date | null;

  @Column('text', { nullable: true })
  password_hash!: string | null;

  @Column('text', { default: '' })
  first_name!: string;

  @Column('text', { default: '' })
  last_name!: string;

  @Column('text', { nullable: true })
  nickname!: string | null;

  @Column('text', { nullable: true })
  avatar_url!: string | null;

  @Column('text', { nullable: true })
  phone_number!: string | null;

  @Column('text', { default: 'en' })
  language!: string;

  @Column('text', { default: 'UTC' })
  timezone!: string;

  @Column('jsonb', { default: {} })
  email_preferences!: EmailPreferences;

  @Column('boolean', { default: true })
  is_active!: boolean;

  /** Whether every client may read the public profile. True from the start where the user chose the username. */
  @Column('boolean', { default: false })
  public_profile!: boolean;

  /** True for the first account of the installation, which is an operator outside production. */
  @Column('boolean', { default: false })
  is_first!: boolean;

  /** When the user took possession of the account; null while only the organization that created it has. */
  @TimestampColumn({ nullable: true })
  accepted_at!: Date | null;

  @Column('uuid', { nullable: true })
  @ForeignKey('organizations', 'id', { name: 'users_home_organization_id_fkey', onDelete: 'SET NULL' })
  home_organization_id!: OrganizationId | null;

  @Column('uuid', { nullable: true })
  @ForeignKey('organizations', 'id', { name: 'users_primary_organization_id_fkey', onDelete: 'SET NULL' })
  primary_organization_id!: OrganizationId | null;

  /** True after an administrator set the password: the user must replace it before they get a session. */
  @Column('boolean', { default: false })
  must_change_password!: boolean;

  /** API keys and grants created before this time are suspended until the user resumes them. */
  @TimestampColumn({ nullable: true })
  keys_suspended_at!: Date | null;

  @TimestampColumn({ nullable: true })
  last_login_at!: Date | null;

  @TimestampColumn()
  created_at!: Date;

  @TimestampColumn()
  updated_at!: Date;
}
