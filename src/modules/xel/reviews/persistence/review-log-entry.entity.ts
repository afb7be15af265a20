import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { TimestampColumn } from '@/platform/persistence/index.js';

/** What changed the schedule of an item: an error, or a review. It is never updated. */
@Entity('xel_review_log')
@Check('xel_review_log_cause_check', `cause IN ('error', 'review')`)
@Check('xel_review_log_rating_check', 'rating BETWEEN 1 AND 4')
@Index('xel_review_log_user_id_idx', ['user_id', 'id'])
export class ReviewLogEntry {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'xel_review_log_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey('users', 'id', { name: 'xel_review_log_user_id_fkey', onDelete: 'CASCADE' })
  user_id!: string;

  /** Items can be deleted, so this is no foreign key. */
  @Column('uuid')
  item_id!: string;

  @Column('text')
  cause!: 'error' | 'review';

  /** 1 again, 2 hard, 3 good, 4 easy. */
  @Column('integer')
  rating!: number;

  /** From 0 to 100; null for errors and for ratings of the learner. */
  @Column('integer', { nullable: true })
  score!: number | null;

  @Column('integer')
  xp_awarded!: number;

  @Column('date')
  learner_day!: string;

  /** The next review. */
  @Column('date')
  due_day!: string;

  @Column('double precision')
  stability!: number;

  @Column('double precision')
  difficulty!: number;

  @TimestampColumn()
  created_at!: Date;
}
