import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { TimestampColumn } from '@/platform/persistence/index.js';

/** A submitted response. It is never updated. */
@Entity('xel_attempts')
@Unique('xel_attempts_evaluation_id_key', ['evaluation_id'])
@Check('xel_attempts_score_check', 'score BETWEEN 0 AND 100')
@Index('xel_attempts_user_id_idx', { synchronize: false })
@Index('xel_attempts_organization_id_idx', ['organization_id'], { where: 'organization_id IS NOT NULL' })
export class Attempt {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'xel_attempts_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey('users', 'id', { name: 'xel_attempts_user_id_fkey', onDelete: 'CASCADE' })
  user_id!: string;

  /** Of the API key that submitted it; null for a session. */
  @Column('uuid', { nullable: true })
  @ForeignKey('organizations', 'id', { name: 'xel_attempts_organization_id_fkey', onDelete: 'SET NULL' })
  organization_id!: OrganizationId | null;

  @Column('text')
  module_id!: string;

  @Column('text')
  task_id!: string;

  /** The content that the response answers. */
  @Column('text')
  task_version!: string;

  /** Null for an open task, whose response belongs to its evaluation. */
  @Column('jsonb', { nullable: true })
  response!: string | string[] | null;

  /** Evaluations can be deleted, so this is no foreign key. */
  @Column('uuid', { nullable: true })
  evaluation_id!: string | null;

  @Column('integer')
  score!: number;

  @Column('boolean')
  passed!: boolean;

  /** It counted as a try: the solution had not been shown before. */
  @Column('boolean')
  scored!: boolean;

  /** The user had read the text of the audio. */
  @Column('boolean')
  assisted!: boolean;

  @Column('integer')
  xp_awarded!: number;

  @Column('integer', { nullable: true })
  time_spent_seconds!: number | null;

  @TimestampColumn()
  created_at!: Date;
}
