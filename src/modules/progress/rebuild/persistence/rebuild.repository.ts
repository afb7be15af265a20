import { Injectable } from '@nestjs/common';
import { LearnerState } from '@/modules/progress/ledger/persistence/learner-state.entity.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';

export interface LedgerTotals {
  total_xp: number;
  tokens: number;
  freezes: number;
  freezes_used: number;
  current_day: string;
}

export interface LedgerDay {
  day: string;
  xp: number;
  segment_xp: number;
  quiz_xp: number;
}

const LIST_LEARNERS = {
  name: 'rebuild.learners',
  text: `SELECT user_id FROM learner_zones WHERE number = 0 AND ($1::uuid IS NULL OR user_id > $1) ORDER BY user_id LIMIT $2`,
};

/** The state is created again if it is lost, in the zone that came into force last. */
const RESTORE_STATE = {
  name: 'rebuild.restore_state',
  text: `INSERT INTO learner_states (user_id, timezone, zone_changed_day, current_day, settled_day, has_events)
         SELECT z.user_id, z.timezone, CASE WHEN z.number > 0 THEN z.day END, z.day, z.day - 1,
           EXISTS (SELECT FROM learning_events e WHERE e.user_id = z.user_id)
         FROM learner_zones z WHERE z.user_id = $1 ORDER BY z.number DESC LIMIT 1
         ON CONFLICT (user_id) DO NOTHING`,
};

/** A freeze is spent at the end of its day, so the next day had begun. */
const TOTALS = {
  name: 'rebuild.totals',
  text: `SELECT coalesce(sum(amount) FILTER (WHERE currency = 'xp'), 0)::int AS total_xp,
      coalesce(sum(amount) FILTER (WHERE currency = 'token'), 0)::int AS tokens,
      coalesce(sum(amount) FILTER (WHERE currency = 'freeze'), 0)::int AS freezes,
      (count(*) FILTER (WHERE rule = 'freeze.spent'))::int AS freezes_used,
      greatest((SELECT s.current_day FROM learner_states s WHERE s.user_id = $1),
        (SELECT max(e.learner_day) FROM learning_events e WHERE e.user_id = $1),
        max(l.learner_day + CASE l.rule WHEN 'freeze.spent' THEN 1 ELSE 0 END))::text AS current_day
    FROM xp_ledger l WHERE l.user_id = $1`,
};

const DAYS = {
  name: 'rebuild.days',
  text: `SELECT learner_day::text AS day, sum(amount)::int AS xp,
      coalesce(sum(amount) FILTER (WHERE category = 'segment'), 0)::int AS segment_xp,
      coalesce(sum(amount) FILTER (WHERE category = 'quiz'), 0)::int AS quiz_xp
    FROM xp_ledger WHERE user_id = $1 AND currency = 'xp' GROUP BY learner_day ORDER BY learner_day`,
};

const STORED_DAYS = {
  name: 'rebuild.stored_days',
  text: 'SELECT day::text, xp, segment_xp, quiz_xp FROM learner_days WHERE user_id = $1 ORDER BY day',
};

const MARKS = {
  name: 'rebuild.marks',
  text: `SELECT rule, source, learner_day::text AS day, amount, created_at, data FROM xp_ledger
         WHERE user_id = $1 AND rule IN ('freeze.spent', 'streak.restored', 'booster.bought') ORDER BY created_at, id`,
};

/** A series over integers: one over instants would lose days where a clock is put forward at midnight. */
const PARTIAL_DAYS = {
  name: 'rebuild.partial_days',
  text: `SELECT d.day::text FROM (
           SELECT $2::date + n AS day FROM generate_series(0, greatest($3::date - $2::date, 0)) n) d
         WHERE learner_day_is_partial($1, d.day)`,
};

const REPLACE_DAYS = {
  name: 'rebuild.replace_days',
  text: `INSERT INTO learner_days (user_id, day, xp, segment_xp, quiz_xp)
         SELECT $1, d.day, d.xp, d.segment_xp, d.quiz_xp
         FROM jsonb_to_recordset($2::jsonb) AS d (day date, xp int, segment_xp int, quiz_xp int)`,
};

const DELETE_DAYS = { name: 'rebuild.delete_days', text: 'DELETE FROM learner_days WHERE user_id = $1' };

export interface LedgerMark {
  rule: 'freeze.spent' | 'streak.restored' | 'booster.bought';
  source: string;
  day: string;
  amount: number;
  created_at: Date;
  data: { multiplier?: number };
}

/** Adds up the ledger of a learner. */
@Injectable()
export class RebuildRepository extends RepositoryBase<LearnerState> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, LearnerState);
  }

  async listLearners(after: string | null, take: number): Promise<string[]> {
    const rows = await this.query<{ user_id: string }>(LIST_LEARNERS, [after, take]);
    return rows.map(({ user_id }) => user_id);
  }

  async restoreState(userId: string): Promise<void> {
    await this.query(RESTORE_STATE, [userId]);
  }

  findTotals(userId: string): Promise<LedgerTotals | undefined> {
    return this.one<LedgerTotals>(TOTALS, [userId]);
  }

  findDays(userId: string): Promise<LedgerDay[]> {
    return this.query<LedgerDay>(DAYS, [userId]);
  }

  findStoredDays(userId: string): Promise<LedgerDay[]> {
    return this.query<LedgerDay>(STORED_DAYS, [userId]);
  }

  findMarks(userId: string): Promise<LedgerMark[]> {
    return this.query<LedgerMark>(MARKS, [userId]);
  }

  async findPartialDays(userId: string, from: string, to: string): Promise<string[]> {
    return (await this.query<{ day: string }>(PARTIAL_DAYS, [userId, from, to])).map(({ day }) => day);
  }

  async replaceDays(userId: string, days: readonly LedgerDay[]): Promise<void> {
    await this.query(DELETE_DAYS, [userId]);
    await this.query(REPLACE_DAYS, [userId, JSON.stringify(days)]);
  }
}
