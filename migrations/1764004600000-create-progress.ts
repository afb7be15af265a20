import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Learning events and the ledger of XP, tokens, freezes and boosters are append-only. The other tables are derived from them,
 * except for `learner_zones`, the history of the time zones of a learner.
 *
 * A learner-day is a date in the time zone of the learner. It never goes backwards: `learner_states.current_day` is its highest
 * value. `learner_day_is_partial` returns whether a date did not fully exist in the zones that were in force.
 */
export class CreateProgress1764004600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(EVENTS_AND_LEDGER);
    await runner.query(DERIVED_TABLES);
    await runner.query(FUNCTIONS);
    await runner.query('ALTER TABLE users ADD COLUMN public_profile boolean NOT NULL DEFAULT false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users DROP COLUMN public_profile;
      DROP FUNCTION learner_day_is_partial(uuid, date); DROP FUNCTION learner_day_start(date, text);
      DROP TABLE daily_quests; DROP TABLE learner_days; DROP TABLE learner_zones; DROP TABLE learner_states;
      DROP TABLE xp_ledger; DROP TABLE learning_events`);
  }
}

const EVENTS_AND_LEDGER = `
  CREATE TABLE learning_events (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    organization_id uuid,
    type text NOT NULL,
    source_id text NOT NULL,
    subject_id text NOT NULL,
    occurred_at timestamptz(3) NOT NULL,
    recorded_at timestamptz(3) NOT NULL,
    learner_day date NOT NULL,
    utc_day date NOT NULL,
    timezone text NOT NULL,
    rule_version integer NOT NULL,
    seconds integer NOT NULL,
    data jsonb NOT NULL,
    CONSTRAINT learning_events_pkey PRIMARY KEY (id),
    CONSTRAINT learning_events_user_id_type_source_id_key UNIQUE (user_id, type, source_id),
    CONSTRAINT learning_events_seconds_check CHECK (seconds >= 0),
    CONSTRAINT learning_events_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT learning_events_organization_id_fkey FOREIGN KEY (organization_id)
      REFERENCES organizations (id) ON DELETE SET NULL
  );
  CREATE INDEX learning_events_learner_day_idx ON learning_events (user_id, learner_day);
  CREATE INDEX learning_events_utc_day_idx ON learning_events (user_id, utc_day);
  CREATE INDEX learning_events_subject_idx ON learning_events (user_id, type, subject_id);
  CREATE INDEX learning_events_organization_id_idx ON learning_events (organization_id)
    WHERE organization_id IS NOT NULL;

  CREATE TABLE xp_ledger (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    rule text NOT NULL,
    source text NOT NULL,
    currency text NOT NULL,
    amount integer NOT NULL,
    base_amount integer NOT NULL,
    category text,
    learner_day date NOT NULL,
    utc_day date NOT NULL,
    rule_version integer NOT NULL,
    created_at timestamptz(3) NOT NULL,
    data jsonb NOT NULL,
    CONSTRAINT xp_ledger_pkey PRIMARY KEY (id),
    CONSTRAINT xp_ledger_user_id_rule_source_key UNIQUE (user_id, rule, source),
    CONSTRAINT xp_ledger_currency_check CHECK (currency IN ('xp', 'token', 'freeze', 'booster', 'streak')),
    CONSTRAINT xp_ledger_category_check CHECK ((currency = 'xp') = (category IS NOT NULL)
      AND category IN ('segment', 'quiz')),
    CONSTRAINT xp_ledger_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
  );
  CREATE INDEX xp_ledger_user_id_idx ON xp_ledger (user_id, id);
  CREATE INDEX xp_ledger_learner_day_idx ON xp_ledger (user_id, learner_day);
`;

const DERIVED_TABLES = `
  CREATE TABLE learner_states (
    user_id uuid NOT NULL,
    timezone text NOT NULL,
    zone_changed_day date,
    current_day date NOT NULL,
    settled_day date NOT NULL,
    has_events boolean NOT NULL DEFAULT false,
    total_xp integer NOT NULL DEFAULT 0,
    tokens integer NOT NULL DEFAULT 0,
    freezes integer NOT NULL DEFAULT 0,
    freezes_used integer NOT NULL DEFAULT 0,
    current_streak integer NOT NULL DEFAULT 0,
    longest_streak integer NOT NULL DEFAULT 0,
    last_active_day date,
    missed_day date,
    missed_streak integer NOT NULL DEFAULT 0,
    restored_day date,
    booster_multiplier integer NOT NULL DEFAULT 1,
    booster_ends_at timestamptz(3),
    CONSTRAINT learner_states_pkey PRIMARY KEY (user_id),
    CONSTRAINT learner_states_tokens_check CHECK (tokens >= 0),
    CONSTRAINT learner_states_freezes_check CHECK (freezes BETWEEN 0 AND 2),
    CONSTRAINT learner_states_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
  );

  CREATE TABLE learner_zones (
    user_id uuid NOT NULL,
    number integer NOT NULL,
    since timestamptz(3) NOT NULL,
    timezone text NOT NULL,
    day_before date NOT NULL,
    day date NOT NULL,
    CONSTRAINT learner_zones_pkey PRIMARY KEY (user_id, number),
    CONSTRAINT learner_zones_order_check CHECK (day >= day_before),
    CONSTRAINT learner_zones_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
  );

  CREATE TABLE learner_days (
    user_id uuid NOT NULL,
    day date NOT NULL,
    xp integer NOT NULL,
    segment_xp integer NOT NULL,
    quiz_xp integer NOT NULL,
    CONSTRAINT learner_days_pkey PRIMARY KEY (user_id, day),
    CONSTRAINT learner_days_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
  );

  CREATE TABLE daily_quests (
    user_id uuid NOT NULL,
    day date NOT NULL,
    quest_ids text[] NOT NULL,
    CONSTRAINT daily_quests_pkey PRIMARY KEY (user_id, day),
    CONSTRAINT daily_quests_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
  );
`;

/** PostgreSQL reads a midnight that happens twice as the second one; the day begins with the first one. */
const FUNCTIONS = `
  CREATE FUNCTION learner_day_start(day date, zone text) RETURNS timestamptz
  LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN ((s.at - interval '1 hour') AT TIME ZONE zone)::date = day
                THEN s.at - interval '1 hour' ELSE s.at END
    FROM (SELECT day::timestamp AT TIME ZONE zone AS at) s
  $$;

  CREATE FUNCTION learner_day_is_partial(learner uuid, date_to_judge date) RETURNS boolean
  LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT EXISTS (SELECT FROM learner_zones z
                   WHERE z.user_id = learner AND z.day_before <= date_to_judge AND date_to_judge < z.day)
      OR coalesce((
        SELECT next_day <= first_instant OR next_day - greatest(begins, first_instant) < next_day - first_instant
        FROM (
          SELECT learner_day_start(date_to_judge, z.timezone) AS first_instant,
                 learner_day_start(date_to_judge + 1, z.timezone) AS next_day,
                 CASE WHEN z.day < date_to_judge THEN learner_day_start(date_to_judge, z.timezone)
                      WHEN z.day_before < date_to_judge THEN z.since
                      ELSE learner_day_start(date_to_judge, coalesce(p.timezone, z.timezone)) END AS begins
          FROM learner_zones z
          LEFT JOIN learner_zones p ON p.user_id = learner AND p.number = z.number - 1
          WHERE z.user_id = learner AND z.day <= date_to_judge
          ORDER BY z.number DESC LIMIT 1
        ) instants), false)
  $$;
`;
