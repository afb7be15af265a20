import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { CefrLevel, EvaluationResult, Skill, TimedWord } from '@/modules/xel/evaluation/evaluation.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { TimestampColumn } from '@/platform/persistence/index.js';

export const EVALUATION_STATUSES = ['queued', 'running', 'done', 'could_not_evaluate', 'failed'] as const;
export type EvaluationStatus = (typeof EVALUATION_STATUSES)[number];

/** What happened to the errors of an earlier text: identifiers of rules with what the learner wrote. */
export interface ErrorComparison {
  fixed: ComparedError[];
  remaining: ComparedError[];
  new: ComparedError[];
}

export interface ComparedError {
  original: string;
  suggestion: string;
  explanation: string;
}

export type StoredResult = EvaluationResult & { comparison?: ErrorComparison };

@Entity('xel_evaluations')
@Check('xel_evaluations_skill_check', `skill IN ('speaking', 'writing')`)
@Check(
  'xel_evaluations_status_check',
  `status IN ('queued', 'running', 'done', 'could_not_evaluate', 'failed')`,
)
@Check('xel_evaluations_overall_score_check', 'overall_score BETWEEN 0 AND 100')
@Index('xel_evaluations_owner_id_idx', { synchronize: false })
@Index('xel_evaluations_organization_id_idx', { synchronize: false })
@Index('xel_evaluations_open_idx', { synchronize: false })
export class Evaluation {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'xel_evaluations_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey('users', 'id', { name: 'xel_evaluations_owner_id_fkey', onDelete: 'CASCADE' })
  owner_id!: string;

  /** Organization of the API key that it was made with; null for a session. */
  @Column('uuid', { nullable: true })
  @ForeignKey('organizations', 'id', { name: 'xel_evaluations_organization_id_fkey', onDelete: 'CASCADE' })
  organization_id!: OrganizationId | null;

  @Column('text')
  skill!: Skill;

  @Column('text')
  status!: EvaluationStatus;

  @Column('text')
  text!: string;

  @Column('text', { nullable: true })
  prompt!: string | null;

  @Column('text', { nullable: true })
  task_id!: string | null;

  @Column('integer', { nullable: true })
  min_words!: number | null;

  @Column('jsonb', { nullable: true })
  words!: TimedWord[] | null;

  @Column('text')
  feedback_language!: string;

  @Column('uuid', { nullable: true })
  previous_evaluation_id!: string | null;

  @Column('boolean')
  is_submission!: boolean;

  @Column('integer', { nullable: true })
  time_spent_seconds!: number | null;

  @Column('integer', { nullable: true })
  overall_score!: number | null;

  @Column('text', { nullable: true })
  cefr!: CefrLevel | null;

  @Column('jsonb', { nullable: true })
  result!: StoredResult | null;

  @TimestampColumn()
  created_at!: Date;

  @TimestampColumn({ nullable: true })
  finished_at!: Date | null;
}
