import { Injectable } from '@nestjs/common';
import { newId } from '@/platform/kernel/ids.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { RULE_VERSION } from '../xp.rules.js';
import { type Currency, LedgerEntry, type XpCategory } from './ledger-entry.entity.js';

export interface NewLedgerEntry {
  rule: string;
  source: string;
  currency: Currency;
  amount: number;
  /** By default the amount. */
  baseAmount?: number;
  category?: XpCategory;
  data?: Record<string, string | number>;
}

const APPEND = {
  name: 'xp_ledger.append',
  text: `INSERT INTO xp_ledger (id, user_id, rule, source, currency, amount, base_amount, category, learner_day, utc_day,
           rule_version, created_at, data)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::date, ($10::timestamptz AT TIME ZONE 'UTC')::date, $11, $10, $12::jsonb)
         ON CONFLICT ON CONSTRAINT xp_ledger_user_id_rule_source_key DO NOTHING RETURNING id`,
};

const ADD_TO_DAY = {
  name: 'learner_days.add',
  text: `INSERT INTO learner_days AS d (user_id, day, xp, segment_xp, quiz_xp) VALUES ($1, $2::date, $3::int + $4::int, $3, $4)
         ON CONFLICT (user_id, day) DO UPDATE SET xp = d.xp + excluded.xp, segment_xp = d.segment_xp + excluded.segment_xp,
           quiz_xp = d.quiz_xp + excluded.quiz_xp
         RETURNING xp`,
};

/** Appends to the ledger. Every method takes the learner first. */
@Injectable()
export class LedgerRepository extends RepositoryBase<LedgerEntry> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, LedgerEntry);
  }

  /** Returns false when the rule has been applied to the source before. */
  append(userId: string, day: string, at: Date, entry: NewLedgerEntry): Promise<boolean> {
    const { rule, source, currency, amount, baseAmount = amount, category = null, data = {} } = entry;
    const values = [newId(), userId, rule, source, currency, amount, baseAmount, category, day, at];
    return this.affectedOneRow(APPEND, [...values, RULE_VERSION, JSON.stringify(data)]);
  }

  /** Adds XP to a learner-day, and returns all XP of the day. */
  async addToDay(userId: string, day: string, category: XpCategory, xp: number): Promise<number> {
    const amounts = category === 'segment' ? [xp, 0] : [0, xp];
    return (await this.one<{ xp: number }>(ADD_TO_DAY, [userId, day, ...amounts]))?.xp ?? 0;
  }
}
