import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { TimestampColumn } from '@/platform/persistence/index.js';

/** The reminders of a learner. */
@Entity('learner_reminders')
@Unique('learner_reminders_link_id_key', ['link_id'])
@Check('learner_reminders_minute_of_day_check', 'minute_of_day BETWEEN 0 AND 1439')
@Index('learner_reminders_next_at_idx', ['next_at'], { where: 'enabled' })
export class LearnerReminder {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'learner_reminders_pkey' })
  @ForeignKey('users', 'id', { name: 'learner_reminders_user_id_fkey', onDelete: 'CASCADE' })
  user_id!: string;

  /** The token of the link that switches them off is derived from it. */
  @Column('uuid')
  link_id!: string;

  @Column('boolean')
  enabled!: boolean;

  @Column('integer')
  minute_of_day!: number;

  /** The zone of `next_at`. */
  @Column('text')
  timezone!: string;

  @TimestampColumn()
  next_at!: Date;

  /** The learner-day of the last mail. */
  @Column('date', { nullable: true })
  last_day!: string | null;

  @TimestampColumn()
  updated_at!: Date;
}
