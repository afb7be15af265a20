import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { TimestampColumn } from '@/platform/persistence/index.js';

/** The progress of a user in a task. */
@Entity('xel_task_progress')
@Check('xel_task_progress_tries_check', 'tries BETWEEN 0 AND 3')
@Check('xel_task_progress_best_score_check', 'best_score BETWEEN 0 AND 100')
export class TaskProgress {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'xel_task_progress_pkey' })
  @ForeignKey('users', 'id', { name: 'xel_task_progress_user_id_fkey', onDelete: 'CASCADE' })
  user_id!: string;

  @PrimaryColumn('text', { primaryKeyConstraintName: 'xel_task_progress_pkey' })
  task_id!: string;

  @Column('text')
  module_id!: string;

  /** Scored attempts: those before the solution was shown. */
  @Column('integer')
  tries!: number;

  /** Of scored attempts. */
  @Column('integer', { nullable: true })
  best_score!: number | null;

  /** The number of the scored attempt that passed; null when none did. */
  @Column('integer', { nullable: true })
  first_right_try!: number | null;

  /** The user has read the text of the audio before the solution was shown. */
  @Column('boolean')
  assisted!: boolean;

  @Column('uuid', { nullable: true })
  last_scored_id!: string | null;

  /** The first attempt that passed. */
  @Column('uuid', { nullable: true })
  completed_by!: string | null;

  @TimestampColumn({ nullable: true })
  completed_at!: Date | null;

  @TimestampColumn({ nullable: true })
  solution_shown_at!: Date | null;

  @TimestampColumn()
  updated_at!: Date;
}
