import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** The XP of a learner-day, derived from the ledger. */
@Entity('learner_days')
export class LearnerDay {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'learner_days_pkey' })
  @ForeignKey('users', 'id', { name: 'learner_days_user_id_fkey', onDelete: 'CASCADE' })
  user_id!: string;

  @PrimaryColumn('date', { primaryKeyConstraintName: 'learner_days_pkey' })
  day!: string;

  @Column('integer')
  xp!: number;

  @Column('integer')
  segment_xp!: number;

  @Column('integer')
  quiz_xp!: number;
}
