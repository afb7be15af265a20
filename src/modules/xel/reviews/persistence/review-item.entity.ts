import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { TimestampColumn } from '@/platform/persistence/index.js';

export const REVIEW_KINDS = ['correction', 'task'] as const;
export type ReviewKind = (typeof REVIEW_KINDS)[number];

/** An error that a learner reviews, with its schedule. */
@Entity('xel_review_items')
@Check('xel_review_items_kind_check', `kind IN ('correction', 'task')`)
@Check('xel_review_items_due_day_check', 'due_day > last_day')
@Index('xel_review_items_subject_key', { synchronize: false })
@Index('xel_review_items_due_idx', ['owner_id', 'due_day', 'id'])
@Index('xel_review_items_organization_id_idx', ['organization_id'], { where: 'organization_id IS NOT NULL' })
export class ReviewItem {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'xel_review_items_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey('users', 'id', { name: 'xel_review_items_owner_id_fkey', onDelete: 'CASCADE' })
  owner_id!: string;

  /** Of the evaluations in which the error was made; null for those of sessions, and for tasks. */
  @Column('uuid', { nullable: true })
  @ForeignKey('organizations', 'id', { name: 'xel_review_items_organization_id_fkey', onDelete: 'CASCADE' })
  organization_id!: OrganizationId | null;

  @Column('text')
  kind!: ReviewKind;

  /** What makes errors the same: a hash of the rule and the words, or of the task. */
  @Column('text')
  subject!: string;

  @Column('text', { nullable: true })
  task_id!: string | null;

  @Column('text', { nullable: true })
  rule_id!: string | null;

  /** How often the error was made. */
  @Column('integer')
  errors!: number;

  @Column('integer')
  reviews!: number;

  @Column('double precision')
  stability!: number;

  @Column('double precision')
  difficulty!: number;

  @Column('integer')
  reps!: number;

  @Column('integer')
  lapses!: number;

  /** The learner-day of the last review or error. */
  @Column('date')
  last_day!: string;

  @Column('date')
  due_day!: string;

  @TimestampColumn()
  created_at!: Date;
}
