import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { Organization } from '@/modules/organizations/persistence/organization.entity.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { TimestampColumn } from '@/platform/persistence/index.js';

@Entity('teams')
@Unique('teams_organization_id_id_key', ['organization_id', 'id'])
@Index('teams_name_key', { synchronize: false })
export class Team {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'teams_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey(() => Organization, { name: 'teams_organization_id_fkey', onDelete: 'CASCADE' })
  organization_id!: OrganizationId;

  /** Unique in the organization; the comparison ignores upper and lower case. */
  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  description!: string | null;

  /** Kept by triggers of the database. */
  @Column({ type: 'integer', default: 0, insert: false, update: false })
  member_count!: number;

  @TimestampColumn()
  created_at!: Date;

  @TimestampColumn()
  updated_at!: Date;
}
