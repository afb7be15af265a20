import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { Organization } from '@/modules/organizations/persistence/organization.entity.js';
import type { Role } from '@/platform/access/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { TimestampColumn } from '@/platform/persistence/index.js';

@Entity('memberships')
@Unique('memberships_organization_user_key', ['organization_id', 'user_id'])
@Index('memberships_user_id_idx', ['user_id', 'joined_at'])
@Index('memberships_owners_idx', ['organization_id', 'user_id'], { where: `role = 'owner'` })
@Index('memberships_joined_at_idx', ['organization_id', 'joined_at', 'user_id'])
@Index('memberships_user_organization_idx', ['user_id', 'organization_id'])
@Check('memberships_role_check', `role IN ('owner', 'admin', 'team_manager', 'member')`)
export class Membership {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'memberships_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey(() => Organization, { name: 'memberships_organization_id_fkey', onDelete: 'CASCADE' })
  organization_id!: OrganizationId;

  @Column('uuid')
  @ForeignKey('users', 'id', { name: 'memberships_user_id_fkey', onDelete: 'CASCADE' })
  user_id!: string;

  @Column('text')
  role!: Role;

  /** True when the user joined or chose the organization themself; then it may require a second factor at log-in. */
  @Column('boolean')
  self_joined!: boolean;

  @TimestampColumn()
  joined_at!: Date;
}
