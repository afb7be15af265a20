import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { Organization } from '@/modules/organizations/persistence/organization.entity.js';
import type { Role } from '@/platform/access/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { TimestampColumn } from '@/platform/persistence/index.js';

export type InvitationStatus = 'pending' | 'accepted' | 'revoked';

/** An invitation of an e-mail address. An address has at most one pending invitation in an organization. */
@Entity('invitations')
@Unique('invitations_token_hash_key', ['token_hash'])
@Index('invitations_organization_id_idx', { synchronize: false })
@Index('invitations_pending_key', ['organization_id', 'email'], { unique: true, where: `status = 'pending'` })
@Index('invitations_email_idx', ['email'])
@Index('invitations_invited_by_idx', ['invited_by'])
@Index('invitations_accepted_by_idx', ['accepted_by'])
@Check('invitations_role_check', `role IN ('owner', 'admin', 'team_manager', 'member')`)
@Check('invitations_status_check', `status IN ('pending', 'accepted', 'revoked')`)
export class Invitation {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'invitations_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey(() => Organization, { name: 'invitations_organization_id_fkey', onDelete: 'CASCADE' })
  organization_id!: OrganizationId;

  @Column('text')
  email!: string;

  @Column('text')
  role!: Role;

  @Column('text')
  status!: InvitationStatus;

  /** A keyed hash; the token itself is never stored. */
  @Column('bytea')
  token_hash!: Buffer;

  /** The user who created the invitation, or who resent it last. Their current role decides whether it is valid. */
  @Column('uuid', { nullable: true })
  @ForeignKey('users', 'id', { name: 'invitations_invited_by_fkey', onDelete: 'SET NULL' })
  invited_by!: string | null;

  @Column('uuid', { nullable: true })
  @ForeignKey('users', 'id', { name: 'invitations_accepted_by_fkey', onDelete: 'CASCADE' })
  accepted_by!: string | null;

  @TimestampColumn()
  created_at!: Date;

  @TimestampColumn()
  expires_at!: Date;

  @TimestampColumn({ nullable: true })
  accepted_at!: Date | null;
}
