import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { ErrorCategory } from '@/modules/xel/evaluation/learner-errors/learner-rule.js';
import { Evaluation } from '@/modules/xel/evaluations/persistence/evaluation.entity.js';
import { ReviewItem } from './review-item.entity.js';

/** An error in the words of the learner. It is deleted with its evaluation. */
@Entity('xel_review_occurrences')
@Index('xel_review_occurrences_evaluation_id_idx', ['evaluation_id'])
export class ReviewOccurrence {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'xel_review_occurrences_pkey' })
  @ForeignKey(() => ReviewItem, { name: 'xel_review_occurrences_item_id_fkey', onDelete: 'CASCADE' })
  item_id!: string;

  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'xel_review_occurrences_pkey' })
  @ForeignKey(() => Evaluation, { name: 'xel_review_occurrences_evaluation_id_fkey', onDelete: 'CASCADE' })
  evaluation_id!: string;

  @Column('text')
  category!: ErrorCategory;

  @Column('text')
  original!: string;

  /** Empty when the error has an explanation only. */
  @Column('text')
  suggestion!: string;

  @Column('text')
  explanation!: string;

  @Column('text')
  sentence!: string;

  /** With all corrections of the sentence. */
  @Column('text')
  corrected_sentence!: string;

  /** UTF-16 offsets in the sentence; the end is exclusive. */
  @Column('integer')
  error_start!: number;

  @Column('integer')
  error_end!: number;
}
