import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a member of an organization did on a UTC day, since they joined. The rows are derived from learning events and from the XP
 * that these paid, and end with the membership.
 *
 * A session that began before the member joined counts from joining on. Sessions at the same time count once.
 */
export class CreateMemberDays1764010000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLE);
    await runner.query(EXISTING_ROWS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE member_days');
  }
}

const TABLE = `
  CREATE TABLE member_days (
    organization_id uuid NOT NULL,
    user_id uuid NOT NULL,
    utc_day date NOT NULL,
    xp integer NOT NULL,
    seconds integer NOT NULL,
    live_seconds integer NOT NULL,
    sessions integer NOT NULL,
    tasks_completed integer NOT NULL,
    modules_completed integer NOT NULL,
    CONSTRAINT member_days_pkey PRIMARY KEY (organization_id, user_id, utc_day),
    CONSTRAINT member_days_membership_fkey FOREIGN KEY (organization_id, user_id)
      REFERENCES memberships (organization_id, user_id) ON DELETE CASCADE
  );
  CREATE INDEX member_days_utc_day_idx ON member_days (organization_id, utc_day);
`;

const unionSeconds = (ranges: string): string =>
  `(SELECT coalesce(round(sum(extract(epoch FROM upper(span) - lower(span)))), 0)::int FROM unnest(${ranges}) span)`;

const EXISTING_ROWS = `
  INSERT INTO member_days (organization_id, user_id, utc_day, xp, seconds, live_seconds, sessions, tasks_completed,
    modules_completed)
  SELECT d.organization_id, d.user_id, d.utc_day, d.xp, ${unionSeconds('d.spans')}, ${unionSeconds('d.live_spans')},
    d.sessions, d.tasks_completed, d.modules_completed
  FROM (
    SELECT m.organization_id, m.user_id, e.utc_day, coalesce(sum(l.amount), 0)::int AS xp,
      range_agg(tstzrange(greatest(e.occurred_at - make_interval(secs => e.seconds), m.joined_at), e.occurred_at))
        FILTER (WHERE e.type = 'conversation.session.ended') AS spans,
      range_agg(tstzrange(greatest(e.occurred_at - make_interval(secs => e.seconds), m.joined_at), e.occurred_at))
        FILTER (WHERE e.type = 'live.session.ended') AS live_spans,
      (count(*) FILTER (WHERE e.type = 'conversation.session.ended'))::int AS sessions,
      (count(*) FILTER (WHERE e.type = 'task.completed'))::int AS tasks_completed,
      (count(*) FILTER (WHERE e.type = 'module.completed'))::int AS modules_completed
    FROM memberships m
    JOIN learning_events e ON e.user_id = m.user_id AND e.occurred_at >= m.joined_at
    LEFT JOIN xp_ledger l ON l.user_id = e.user_id AND l.rule = e.type AND l.source = e.source_id AND l.currency = 'xp'
    GROUP BY m.organization_id, m.user_id, e.utc_day
  ) d
`;
