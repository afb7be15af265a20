import { Injectable } from '@nestjs/common';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { MemberDay } from './member-day.entity.js';

/** A stored day that is not what the events say, or a day that is only on one side. */
export interface MemberDayDifference {
  stored: object | null;
  rebuilt: object | null;
}

const COLUMNS = `organization_id, user_id, utc_day, xp, seconds, live_seconds, sessions, tasks_completed, modules_completed`;

/** The time of a session since the member joined. */
const SPAN = `tstzrange(greatest(e.occurred_at - make_interval(secs => e.seconds), m.joined_at), e.occurred_at)`;

/** Returns the length of the union of the ranges. */
const unionSeconds = (ranges: string): string =>
  `(SELECT coalesce(round(sum(extract(epoch FROM upper(span) - lower(span)))), 0)::int FROM unnest(${ranges}) span)`;

const countOf = (type: string): string => `(count(*) FILTER (WHERE e.type = '${type}'))::int`;

/** Computes the days from the events of a learner (`$1`); `condition` limits the events `e`. */
const computeDays = (condition: string): string => `
  SELECT d.organization_id, d.user_id, d.utc_day, d.xp, ${unionSeconds('d.spans')} AS seconds,
    ${unionSeconds('d.live_spans')} AS live_seconds, d.sessions, d.tasks_completed, d.modules_completed
  FROM (
    SELECT m.organization_id, m.user_id, e.utc_day, coalesce(sum(l.amount), 0)::int AS xp,
      range_agg(${SPAN}) FILTER (WHERE e.type = 'conversation.session.ended') AS spans,
      range_agg(${SPAN}) FILTER (WHERE e.type = 'live.session.ended') AS live_spans,
      ${countOf('conversation.session.ended')} AS sessions,
      ${countOf('task.completed')} AS tasks_completed,
      ${countOf('module.completed')} AS modules_completed
    FROM memberships m
    JOIN learning_events e ON e.user_id = m.user_id AND e.occurred_at >= m.joined_at
    LEFT JOIN xp_ledger l ON l.user_id = e.user_id AND l.rule = e.type AND l.source = e.source_id AND l.currency = 'xp'
    WHERE m.user_id = $1 ${condition}
    GROUP BY m.organization_id, m.user_id, e.utc_day
  ) d`;

/** Computes the whole day again, so a repetition changes nothing. */
const REFRESH = {
  name: 'member_days.refresh',
  text: `INSERT INTO member_days (${COLUMNS}) ${computeDays('AND e.user_id = $1 AND e.utc_day = $2::date')}
         ON CONFLICT (organization_id, user_id, utc_day) DO UPDATE SET xp = excluded.xp, seconds = excluded.seconds,
           live_seconds = excluded.live_seconds, sessions = excluded.sessions,
           tasks_completed = excluded.tasks_completed, modules_completed = excluded.modules_completed`,
};

const FIND_DIFFERENCES = {
  name: 'member_days.differences',
  text: `SELECT to_jsonb(s) - 'user_id' AS stored, to_jsonb(r) - 'user_id' AS rebuilt
         FROM (SELECT d.* FROM memberships m
               JOIN member_days d ON d.organization_id = m.organization_id AND d.user_id = m.user_id
               WHERE m.user_id = $1) s
         FULL JOIN (${computeDays('')}) r ON r.organization_id = s.organization_id AND r.utc_day = s.utc_day
         WHERE to_jsonb(s) IS DISTINCT FROM to_jsonb(r)
         ORDER BY coalesce(s.organization_id, r.organization_id), coalesce(s.utc_day, r.utc_day)`,
};

const DELETE = {
  name: 'member_days.delete',
  text: `DELETE FROM member_days d USING memberships m
         WHERE m.user_id = $1 AND d.organization_id = m.organization_id AND d.user_id = m.user_id`,
};

const INSERT = {
  name: 'member_days.insert',
  text: `INSERT INTO member_days (${COLUMNS}) ${computeDays('')}`,
};

/** The days of members. Every method takes the learner first, and runs under the lock of their state. */
@Injectable()
export class MemberDayRepository extends RepositoryBase<MemberDay> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, MemberDay);
  }

  /** Computes a UTC day of the learner for all their organizations. */
  async refresh(userId: string, utcDay: string): Promise<void> {
    await this.query(REFRESH, [userId, utcDay]);
  }

  findDifferences(userId: string): Promise<MemberDayDifference[]> {
    return this.query<MemberDayDifference>(FIND_DIFFERENCES, [userId]);
  }

  /** Computes all days of the learner. */
  async rebuild(userId: string): Promise<void> {
    await this.query(DELETE, [userId]);
    await this.query(INSERT, [userId]);
  }
}
