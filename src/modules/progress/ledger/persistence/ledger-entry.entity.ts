import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { TimestampColumn } from '@/platform/persistence/index.js';

export type Currency = 'xp' | 'token' | 'freeze' | 'booster' | 'streak';
export type XpCategory = 'segment' | 'quiz';

/** XP, tokens, freezes and boosters that were earned or spent. Rows are only appended. */
@Entity('xp_ledger')
@Unique('xp_ledger_user_id_rule_source_key', ['user_id', 'rule', 'source'])
@Index('xp_ledger_user_id_idx', ['user_id', 'id'])
@Index('xp_ledger_learner_day_idx', ['user_id', 'learner_day'])
@Check('xp_ledger_currency_check', "currency IN ('xp', 'token', 'freeze', 'booster', 'streak')")
@Check(
  'xp_ledger_category_check',
  "(currency = 'xp') = (category IS NOT NULL) AND category IN ('segment', 'quiz')",
)
export class LedgerEntry {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'xp_ledger_pkey' })
  id!: string;

  @Column('uuid')
  @ForeignKey('users', 'id', { name: 'xp_ledger_user_id_fkey', onDelete: 'CASCADE' })
  user_id!: string;

  @Column('text')
  rule!: string;

  @Column('text')
  source!: string;

  @Column('text')
  currency!: Currency;

  @Column('integer')
  amount!: number;

  /** The amount without a booster. */
  @Column('integer')
  base_amount!: number;

  /** Of XP: from lessons and sessions, or from tasks and reviews. */
  @Column('text', { nullable: true })
  category!: XpCategory | null;

  @Column('date')
  learner_day!: string;

  @Column('date')
  utc_day!: string;

  @Column('integer')
  rule_version!: number;

  @TimestampColumn()
  created_at!: Date;

  @Column('jsonb')
  data!: Record<string, string | number>;
}
