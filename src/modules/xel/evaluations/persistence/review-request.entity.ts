import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { Role } from '@/modules/organizations/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { TimestampColumn } from '@/platform/persistence/index.js';
import { Evaluation } from './evaluation.entity.js';

/** A request that a person of an organization decides on an evaluation. */
@Entity('xel_review_requests')
@Check('xel_review_requests_status_check', `status IN ('open', 'decided')`)
@Check('xel_review_requests_decided_score_check', 'decided_score BETWEEN 0 AND 100')
@Index('xel_review_requests_open_key', { synchronize: false })
@Index('xel_review_requests_evaluation_id_idx', { synchronize: false })
@Index('xel_review_requests_organization_id_idx', { synchronize: false })
@Index('xel_review_requests_decided_by_idx', ['decided_by'])
export class ReviewRequest {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'xel_review_requests_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey(() => Evaluation, { name: 'xel_review_requests_evaluation_id_fkey', onDelete: 'CASCADE' })
  evaluation_id!: string;

  @Column('uuid')
  @ForeignKey('organizations', 'id', {
    name: 'xel_review_requests_organization_id_fkey',
    onDelete: 'CASCADE',
  })
  organization_id!: OrganizationId;

  @Column('text', { nullable: true })
  reason!: string | null;

  @Column('text')
  status!: 'open' | 'decided';

  /** Null when the account of the person was deleted. */
  @Column('uuid', { nullable: true })
  @ForeignKey('users', 'id', { name: 'xel_review_requests_decided_by_fkey', onDelete: 'SET NULL' })
  decided_by!: string | null;

  @Column('text', { nullable: true })
  decided_role!: Role | null;

  @Column('text', { nullable: true })
  decision_reason!: string | null;

  @Column('integer', { nullable: true })
  decided_score!: number | null;

  @TimestampColumn()
  created_at!: Date;

  @TimestampColumn({ nullable: true })
  decided_at!: Date | null;
}
