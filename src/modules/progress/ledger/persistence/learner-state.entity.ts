import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { TimestampColumn } from '@/platform/persistence/index.js';

/** The totals and the streak of a learner, derived from the ledger. A change of the learner locks this row first. */
@Entity('learner_states')
@Check('learner_states_tokens_check', 'tokens >= 0')
@Check('learner_states_freezes_check', 'freezes BETWEEN 0 AND 2')
export class LearnerState {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'learner_states_pkey' })
  @ForeignKey('users', 'id', { name: 'learner_states_user_id_fkey', onDelete: 'CASCADE' })
  user_id!: string;

  /** The zone in force. */
  @Column('text')
  timezone!: string;

  @Column('date', { nullable: true })
  zone_changed_day!: string | null;

  /** The highest learner-day until now. */
  @Column('date')
  current_day!: string;

  /** Missed days until this one have had their effect. */
  @Column('date')
  settled_day!: string;

  @Column('boolean', { default: false })
  has_events!: boolean;

  @Column('integer', { default: 0 })
  total_xp!: number;

  @Column('integer', { default: 0 })
  tokens!: number;

  @Column('integer', { default: 0 })
  freezes!: number;

  @Column('integer', { default: 0 })
  freezes_used!: number;

  @Column('integer', { default: 0 })
  current_streak!: number;

  @Column('integer', { default: 0 })
  longest_streak!: number;

  /** The last learner-day with XP. */
  @Column('date', { nullable: true })
  last_active_day!: string | null;

  /** The day that broke the last streak, and the length of that streak; it can be earned back. */
  @Column('date', { nullable: true })
  missed_day!: string | null;

  @Column('integer', { default: 0 })
  missed_streak!: number;

  /** The day on which a streak was last earned back. */
  @Column('date', { nullable: true })
  restored_day!: string | null;

  @Column('integer', { default: 1 })
  booster_multiplier!: number;

  @TimestampColumn({ nullable: true })
  booster_ends_at!: Date | null;
}
