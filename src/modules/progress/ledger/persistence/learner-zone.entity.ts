import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { TimestampColumn } from '@/platform/persistence/index.js';

/** A time zone that came into force, with the learner-days before and after the change. */
@Entity('learner_zones')
@Check('learner_zones_order_check', 'day >= day_before')
export class LearnerZone {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'learner_zones_pkey' })
  @ForeignKey('users', 'id', { name: 'learner_zones_user_id_fkey', onDelete: 'CASCADE' })
  user_id!: string;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'learner_zones_pkey' })
  number!: number;

  @TimestampColumn()
  since!: Date;

  @Column('text')
  timezone!: string;

  @Column('date')
  day_before!: string;

  @Column('date')
  day!: string;
}
