import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Items that learners review: their errors in evaluated texts, and tasks that they answered wrongly. An item holds its schedule;
 * the words of an error are in its occurrences, which are deleted with the evaluation. An item without occurrences is not shown
 * until the error is made again. The log is never updated, and has no texts.
 */
export class CreateXelReviews1764011000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE xel_review_items (
        id uuid NOT NULL,
        owner_id uuid NOT NULL,
        -- Of the evaluations in which the error was made; null for those of sessions, and for tasks.
        organization_id uuid,
        kind text NOT NULL,
        -- What makes errors the same: a hash of the rule and the words, or of the task.
        subject text NOT NULL,
        task_id text,
        rule_id text,
        -- How often the error was made.
        errors integer NOT NULL,
        reviews integer NOT NULL,
        -- The memory state of the scheduler, and the learner-days of the last and the next review.
        stability double precision NOT NULL,
        difficulty double precision NOT NULL,
        reps integer NOT NULL,
        lapses integer NOT NULL,
        last_day date NOT NULL,
        due_day date NOT NULL,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT xel_review_items_pkey PRIMARY KEY (id),
        CONSTRAINT xel_review_items_kind_check CHECK (kind IN ('correction', 'task')),
        CONSTRAINT xel_review_items_due_day_check CHECK (due_day > last_day),
        CONSTRAINT xel_review_items_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT xel_review_items_organization_id_fkey FOREIGN KEY (organization_id)
          REFERENCES organizations (id) ON DELETE CASCADE
      );
      CREATE UNIQUE INDEX xel_review_items_subject_key
        ON xel_review_items (owner_id, organization_id, subject) NULLS NOT DISTINCT;
      CREATE INDEX xel_review_items_due_idx ON xel_review_items (owner_id, due_day, id);
      CREATE INDEX xel_review_items_organization_id_idx ON xel_review_items (organization_id)
        WHERE organization_id IS NOT NULL;

      CREATE TABLE xel_review_occurrences (
        item_id uuid NOT NULL,
        evaluation_id uuid NOT NULL,
        category text NOT NULL,
        original text NOT NULL,
        suggestion text NOT NULL,
        explanation text NOT NULL,
        sentence text NOT NULL,
        corrected_sentence text NOT NULL,
        error_start integer NOT NULL,
        error_end integer NOT NULL,
        CONSTRAINT xel_review_occurrences_pkey PRIMARY KEY (item_id, evaluation_id),
        CONSTRAINT xel_review_occurrences_item_id_fkey FOREIGN KEY (item_id)
          REFERENCES xel_review_items (id) ON DELETE CASCADE,
        CONSTRAINT xel_review_occurrences_evaluation_id_fkey FOREIGN KEY (evaluation_id)
          REFERENCES xel_evaluations (id) ON DELETE CASCADE
      );
      CREATE INDEX xel_review_occurrences_evaluation_id_idx ON xel_review_occurrences (evaluation_id);

      CREATE TABLE xel_review_log (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        -- Items can be deleted, so this is no foreign key.
        item_id uuid NOT NULL,
        cause text NOT NULL,
        rating integer NOT NULL,
        score integer,
        xp_awarded integer NOT NULL,
        learner_day date NOT NULL,
        due_day date NOT NULL,
        stability double precision NOT NULL,
        difficulty double precision NOT NULL,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT xel_review_log_pkey PRIMARY KEY (id),
        CONSTRAINT xel_review_log_cause_check CHECK (cause IN ('error', 'review')),
        CONSTRAINT xel_review_log_rating_check CHECK (rating BETWEEN 1 AND 4),
        CONSTRAINT xel_review_log_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      );
      CREATE INDEX xel_review_log_user_id_idx ON xel_review_log (user_id, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE xel_review_log, xel_review_occurrences, xel_review_items');
  }
}
