import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Team } from '@/modules/organizations/teams/persistence/team.entity.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { TimestampColumn } from '@/platform/persistence/index.js';
import { Membership } from './membership.entity.js';

/** A member in a team. Deleted with the team and with the membership. */
@Entity('team_members')
@Index('team_members_user_idx', ['organization_id', 'user_id', 'joined_at'])
@ForeignKey(() => Team, ['organization_id', 'team_id'], ['organization_id', 'id'], {
  name: 'team_members_team_fkey',
  onDelete: 'CASCADE',
})
@ForeignKey(() => Membership, ['organization_id', 'user_id'], ['organization_id', 'user_id'], {
  name: 'team_members_membership_fkey',
  onDelete: 'CASCADE',
})
export class TeamMember {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'team_members_pkey' })
  team_id!: string;

  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'team_members_pkey' })
  user_id!: string;

  @Column('uuid')
  organization_id!: OrganizationId;

  @TimestampColumn()
  joined_at!: Date;
}
