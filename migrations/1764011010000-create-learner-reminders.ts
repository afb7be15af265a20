import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Reminders by mail, which learners switch on. `next_at` is the next instant of the chosen time of day in `timezone`, which
 * follows the profile. `last_day` is the learner-day of the last mail: there is one on a learner-day at most. The token of the
 * link that switches reminders off is derived from `link_id`.
 */
export class CreateLearnerReminders1764011010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE learner_reminders (
        user_id uuid NOT NULL,
        link_id uuid NOT NULL,
        enabled boolean NOT NULL,
        minute_of_day integer NOT NULL,
        timezone text NOT NULL,
        next_at timestamptz(3) NOT NULL,
        last_day date,
        updated_at timestamptz(3) NOT NULL,
        CONSTRAINT learner_reminders_pkey PRIMARY KEY (user_id),
        CONSTRAINT learner_reminders_link_id_key UNIQUE (link_id),
        CONSTRAINT learner_reminders_minute_of_day_check CHECK (minute_of_day BETWEEN 0 AND 1439),
        CONSTRAINT learner_reminders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      );
      CREATE INDEX learner_reminders_next_at_idx ON learner_reminders (next_at) WHERE enabled;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE learner_reminders');
  }
}
