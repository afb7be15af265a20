import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** The quests of a learner-day, which do not change when the catalogue does. */
@Entity('daily_quests')
export class DailyQuests {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'daily_quests_pkey' })
  @ForeignKey('users', 'id', { name: 'daily_quests_user_id_fkey', onDelete: 'CASCADE' })
  user_id!: string;

  @PrimaryColumn('date', { primaryKeyConstraintName: 'daily_quests_pkey' })
  day!: string;

  @Column('text', { array: true })
  quest_ids!: string[];
}
