import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { TimestampColumn } from '@/platform/persistence/index.js';
import type { LearningEventData, LearningEventType } from '../learning-event.js';

/** What a learner did. Rows are only appended; a deed is recorded once. */
@Entity('learning_events')
@Unique('learning_events_user_id_type_source_id_key', ['user_id', 'type', 'source_id'])
@Index('learning_events_learner_day_idx', ['user_id', 'learner_day'])
@Index('learning_events_utc_day_idx', ['user_id', 'utc_day'])
@Index('learning_events_subject_idx', ['user_id', 'type', 'subject_id'])
@Index('learning_events_organization_id_idx', ['organization_id'], { where: 'organization_id IS NOT NULL' })
@Check('learning_events_seconds_check', 'seconds >= 0')
export class LearningEvent {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'learning_events_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey('users', 'id', { name: 'learning_events_user_id_fkey', onDelete: 'CASCADE' })
  user_id!: string;

  @Column('uuid', { nullable: true })
  @ForeignKey('organizations', 'id', { name: 'learning_events_organization_id_fkey', onDelete: 'SET NULL' })
  organization_id!: OrganizationId | null;

  @Column('text')
  type!: LearningEventType;

  /** The deed: a second event with the same type and source is not recorded. */
  @Column('text')
  source_id!: string;

  /** What was learned. Further deeds on the same subject pay less. */
  @Column('text')
  subject_id!: string;

  @TimestampColumn()
  occurred_at!: Date;

  @TimestampColumn()
  recorded_at!: Date;

  @Column('date')
  learner_day!: string;

  @Column('date')
  utc_day!: string;

  /** The time zone that determined the learner-day. */
  @Column('text')
  timezone!: string;

  @Column('integer')
  rule_version!: number;

  @Column('integer')
  seconds!: number;

  @Column('jsonb')
  data!: LearningEventData;
}
