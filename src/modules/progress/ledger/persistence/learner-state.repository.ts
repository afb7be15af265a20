import { Injectable } from '@nestjs/common';
import { platformErrors } from '@/platform/errors/index.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { LearnerState } from './learner-state.entity.js';

/** The state of a learner at an instant. */
export interface LearnerStateAt extends LearnerState {
  /** The learner-day of the instant. */
  today: string;
  /** The zone of the profile, which may not be in force yet. */
  profile_timezone: string;
}

/** A learner-day that has ended but whose effect on the streak is open. */
export interface UnsettledDay {
  day: string;
  xp: number;
  /** True for a date that did not fully exist in the zones that were in force. */
  partial: boolean;
}

const STATE = `s.user_id, s.timezone, s.zone_changed_day::text, s.current_day::text, s.settled_day::text, s.has_events,
  s.total_xp, s.tokens, s.freezes, s.freezes_used, s.current_streak, s.longest_streak, s.last_active_day::text,
  s.missed_day::text, s.missed_streak, s.restored_day::text, s.booster_multiplier, s.booster_ends_at,
  greatest(s.current_day, ($2::timestamptz AT TIME ZONE s.timezone)::date)::text AS today, u.timezone AS profile_timezone
  FROM learner_states s JOIN users u ON u.id = s.user_id WHERE s.user_id = $1`;

const FIND = { name: 'learner_states.find', text: `SELECT ${STATE}` };

const LOCK = { name: 'learner_states.lock', text: `SELECT ${STATE} FOR UPDATE OF s` };

const INSERT = {
  name: 'learner_states.insert',
  text: `WITH state AS (
           INSERT INTO learner_states (user_id, timezone, current_day, settled_day)
           SELECT u.id, u.timezone, ($2::timestamptz AT TIME ZONE u.timezone)::date,
             ($2::timestamptz AT TIME ZONE u.timezone)::date - 1
           FROM users u WHERE u.id = $1
           ON CONFLICT (user_id) DO NOTHING RETURNING user_id, timezone, current_day)
         INSERT INTO learner_zones (user_id, number, since, timezone, day_before, day)
         SELECT user_id, 0, $2, timezone, current_day, current_day FROM state`,
};

/** Days that are settled at a time. A streak ends with the first missed day after two freezes. */
export const MAX_UNSETTLED_DAYS = 10;

const UNSETTLED_DAYS = {
  name: 'learner_states.unsettled_days',
  text: `SELECT d.day::text, coalesce(l.xp, 0) AS xp, learner_day_is_partial($1, d.day) AS partial
         FROM (SELECT $2::date + n AS day FROM generate_series(1, least($3::date - $2::date - 1, ${MAX_UNSETTLED_DAYS})) n) d
         LEFT JOIN learner_days l ON l.user_id = $1 AND l.day = d.day
         ORDER BY d.day`,
};

const CHANGE_ZONE = {
  name: 'learner_states.change_zone',
  text: `WITH change AS (
           UPDATE learner_states s
           SET timezone = $2, current_day = d.day, zone_changed_day = d.day, settled_day = greatest(s.settled_day, d.day - 1)
           FROM (SELECT greatest(o.current_day, ($3::timestamptz AT TIME ZONE $2)::date) AS day, o.current_day AS day_before
                 FROM learner_states o WHERE o.user_id = $1) d
           WHERE s.user_id = $1
           RETURNING s.user_id, d.day_before, d.day)
         INSERT INTO learner_zones (user_id, number, since, timezone, day_before, day)
         SELECT c.user_id, (SELECT max(z.number) + 1 FROM learner_zones z WHERE z.user_id = $1), $3, $2, c.day_before, c.day
         FROM change c`,
};

/** Before the first event a zone has no past, so the learner may correct it. */
const DELETE_UNUSED = {
  name: 'learner_states.delete_unused',
  text: `WITH zones AS (DELETE FROM learner_zones WHERE user_id = $1)
         DELETE FROM learner_states WHERE user_id = $1 AND NOT has_events`,
};

const IS_PARTIAL = {
  name: 'learner_states.is_partial',
  text: 'SELECT learner_day_is_partial($1, $2::date) AS partial',
};

/** Stores the derived state of learners. */
@Injectable()
export class LearnerStateRepository extends RepositoryBase<LearnerState> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, LearnerState);
  }

  find(userId: string, at: Date): Promise<LearnerStateAt | undefined> {
    return this.one<LearnerStateAt>(FIND, [userId, at]);
  }

  /** Locks the state until the transaction ends; creates it for a new learner. Throws `token_invalid` without the account. */
  async lock(userId: string, at: Date): Promise<LearnerStateAt> {
    const found = await this.one<LearnerStateAt>(LOCK, [userId, at]);
    if (found) return found;
    await this.query(INSERT, [userId, at]);
    const created = await this.one<LearnerStateAt>(LOCK, [userId, at]);
    if (!created) throw platformErrors.token_invalid();
    return created;
  }

  async update(userId: string, changes: Partial<LearnerState>): Promise<void> {
    await this.rows.update({ user_id: userId }, changes);
  }

  /** Returns the days after `settledDay` and before `today`, MAX_UNSETTLED_DAYS at most. */
  findUnsettledDays(userId: string, settledDay: string, today: string): Promise<UnsettledDay[]> {
    return this.query<UnsettledDay>(UNSETTLED_DAYS, [userId, settledDay, today]);
  }

  /** Puts a zone into force. The state must be settled. */
  async changeZone(userId: string, timezone: string, at: Date): Promise<void> {
    await this.query(CHANGE_ZONE, [userId, timezone, at]);
  }

  async deleteUnused(userId: string): Promise<void> {
    await this.query(DELETE_UNUSED, [userId]);
  }

  async isPartial(userId: string, day: string): Promise<boolean> {
    return (await this.one<{ partial: boolean }>(IS_PARTIAL, [userId, day]))?.partial ?? false;
  }
}
