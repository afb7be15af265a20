import { Injectable } from '@nestjs/common';
import { randomId } from '@/platform/kernel/ids.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { LearnerReminder } from './learner-reminder.entity.js';

/** The choice of a learner; null values without one. */
export interface ReminderChoice {
  enabled: boolean | null;
  minute_of_day: number | null;
  /** Of the profile. */
  timezone: string;
  next_at: Date | null;
  last_day: string | null;
}

/** A reminder that is due. */
export interface DueReminder {
  user_id: string;
  due_at: Date;
}

/**
 * SQL of the first instant after `now` at which the clocks of a zone show a time of day. A time that a day does not have,
 * because the clocks are set forward, is the instant an hour later; of one that a day has twice, one counts.
 */
const nextAt = (now: string, zone: string, minute: string): string => `(SELECT min(c.at) FROM (
    SELECT ((${now}::timestamptz AT TIME ZONE ${zone})::date + n + make_interval(mins => ${minute})) AT TIME ZONE ${zone} AS at
    FROM generate_series(0, 2) n) c WHERE c.at > ${now}::timestamptz)`;

const FIND = {
  name: 'learner_reminders.find',
  text: `SELECT r.enabled, r.minute_of_day, u.timezone, r.next_at, r.last_day::text
    FROM users u LEFT JOIN learner_reminders r ON r.user_id = u.id WHERE u.id = $1`,
};

const SAVE = {
  name: 'learner_reminders.save',
  text: `INSERT INTO learner_reminders AS r (user_id, link_id, enabled, minute_of_day, timezone, next_at, updated_at)
    SELECT w.id, $2, $3, w.minute, w.timezone, ${nextAt('$6', 'w.timezone', 'w.minute')}, $6
    FROM (SELECT u.id, u.timezone, coalesce($4::int, o.minute_of_day, $5) AS minute
          FROM users u LEFT JOIN learner_reminders o ON o.user_id = u.id WHERE u.id = $1) w
    ON CONFLICT (user_id) DO UPDATE SET enabled = excluded.enabled, minute_of_day = excluded.minute_of_day,
      timezone = excluded.timezone, next_at = excluded.next_at, updated_at = excluded.updated_at
    WHERE (r.enabled, r.minute_of_day, r.timezone)
      IS DISTINCT FROM (excluded.enabled, excluded.minute_of_day, excluded.timezone)
    RETURNING r.enabled, r.minute_of_day, r.timezone, r.next_at, r.last_day::text`,
};

const FOLLOW_ZONES = {
  name: 'learner_reminders.follow_zones',
  text: `UPDATE learner_reminders r SET timezone = u.timezone, next_at = ${nextAt('$1', 'u.timezone', 'r.minute_of_day')}
    FROM users u WHERE u.id = r.user_id AND r.enabled AND r.timezone <> u.timezone`,
};

/** Of several processes each takes other ones. */
const TAKE_DUE = {
  name: 'learner_reminders.take_due',
  text: `WITH due AS (
      SELECT d.user_id, d.next_at AS due_at FROM learner_reminders d WHERE d.enabled AND d.next_at <= $1
      ORDER BY d.next_at LIMIT $2 FOR UPDATE SKIP LOCKED)
    UPDATE learner_reminders r SET next_at = ${nextAt('$1', 'r.timezone', 'r.minute_of_day')}
    FROM due WHERE r.user_id = due.user_id RETURNING r.user_id, due.due_at`,
};

/** Takes the learner-day for a mail, unless the learner has learned on it or is in a session. */
const TAKE_DAY = {
  name: 'learner_reminders.take_day',
  text: `UPDATE learner_reminders r SET last_day = $2::date
    WHERE r.user_id = $1 AND r.enabled AND (r.last_day IS NULL OR r.last_day < $2::date)
      AND NOT EXISTS (SELECT FROM learning_events e WHERE e.user_id = $1 AND e.learner_day = $2::date)
      AND NOT EXISTS (SELECT FROM conversations c JOIN learning_sessions s ON s.conversation_id = c.id
                      WHERE c.owner_id = $1 AND s.ended_at IS NULL)
      AND NOT EXISTS (SELECT FROM live_sessions v WHERE v.owner_id = $1 AND v.ended_at IS NULL AND v.lease_until >= $3)
    RETURNING r.link_id`,
};

const SWITCH_OFF = {
  name: 'learner_reminders.switch_off',
  text: 'UPDATE learner_reminders SET enabled = false, updated_at = $2 WHERE link_id = $1 RETURNING user_id',
};

/** Stores the reminders of learners. PostgreSQL computes their instants. */
@Injectable()
export class ReminderRepository extends RepositoryBase<LearnerReminder> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, LearnerReminder);
  }

  /** Returns undefined without the account. */
  find(userId: string): Promise<ReminderChoice | undefined> {
    return this.one<ReminderChoice>(FIND, [userId]);
  }

  /** Stores a choice; without a minute the last one, else the default, stays. Returns undefined without the account. */
  async save(
    userId: string,
    { enabled, minute }: { enabled: boolean; minute: number | null },
    { defaultMinute, now }: { defaultMinute: number; now: Date },
  ): Promise<ReminderChoice | undefined> {
    const values = [userId, randomId(), enabled, minute, defaultMinute, now];
    // The choice that is stored already changes no row.
    return (await this.one<ReminderChoice>(SAVE, values)) ?? this.find(userId);
  }

  /** Computes the instants of learners who have changed their zone. */
  async followZones(now: Date): Promise<void> {
    await this.query(FOLLOW_ZONES, [now]);
  }

  /** Returns reminders that are due, and moves them on. */
  takeDue(now: Date, limit: number): Promise<DueReminder[]> {
    return this.query<DueReminder>(TAKE_DUE, [now, limit]);
  }

  /** Returns the id of the link, or undefined when the day has had a mail, or the learner was active or switched off. */
  async takeDay(userId: string, day: string, now: Date): Promise<string | undefined> {
    return (await this.one<{ link_id: string }>(TAKE_DAY, [userId, day, now]))?.link_id;
  }

  /** Returns false when there is no such link. */
  switchOff(linkId: string, now: Date): Promise<boolean> {
    return this.affectedOneRow(SWITCH_OFF, [linkId, now]);
  }
}
