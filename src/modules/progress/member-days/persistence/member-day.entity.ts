import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { OrganizationId } from '@/platform/kernel/ids.js';

/** What a member of an organization did on a UTC day, since they joined. Deleted with the membership. */
@Entity('member_days')
@Index('member_days_utc_day_idx', ['organization_id', 'utc_day'])
@ForeignKey('memberships', ['organization_id', 'user_id'], ['organization_id', 'user_id'], {
  name: 'member_days_membership_fkey',
  onDelete: 'CASCADE',
})
export class MemberDay {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'member_days_pkey' })
  organization_id!: OrganizationId;

  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'member_days_pkey' })
  user_id!: string;

  @PrimaryColumn('date', { primaryKeyConstraintName: 'member_days_pkey' })
  utc_day!: string;

  /** XP that the deeds of the day paid, whenever they were recorded. */
  @Column('integer')
  xp!: number;

  /** In sessions of conversations. Sessions at the same time count once. */
  @Column('integer')
  seconds!: number;

  /** In live sessions. */
  @Column('integer')
  live_seconds!: number;

  /** Sessions of conversations. */
  @Column('integer')
  sessions!: number;

  @Column('integer')
  tasks_completed!: number;

  @Column('integer')
  modules_completed!: number;
}
