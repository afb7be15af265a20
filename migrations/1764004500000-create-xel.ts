import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The progress of learners in the English course, and their attempts. The course itself is part of the program: `module_id` and
 * `task_id` are slugs of it, and `task_version` names the content that an attempt answered.
 *
 * Attempts are never updated. `xel_task_progress` counts them: `tries` counts scored ones only, those before the solution was
 * shown. A transaction that records an attempt locks the row of the module, then that of the task.
 */
export class CreateXel1764004500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE xel_module_progress (
        user_id uuid NOT NULL,
        module_id text NOT NULL,
        started_at timestamptz(3) NOT NULL,
        last_attempt_at timestamptz(3) NOT NULL,
        completed_at timestamptz(3),
        CONSTRAINT xel_module_progress_pkey PRIMARY KEY (user_id, module_id),
        CONSTRAINT xel_module_progress_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      );

      CREATE TABLE xel_task_progress (
        user_id uuid NOT NULL,
        task_id text NOT NULL,
        module_id text NOT NULL,
        tries integer NOT NULL,
        best_score integer,
        first_right_try integer,
        assisted boolean NOT NULL,
        last_scored_id uuid,
        completed_by uuid,
        completed_at timestamptz(3),
        solution_shown_at timestamptz(3),
        updated_at timestamptz(3) NOT NULL,
        CONSTRAINT xel_task_progress_pkey PRIMARY KEY (user_id, task_id),
        CONSTRAINT xel_task_progress_tries_check CHECK (tries BETWEEN 0 AND 3),
        CONSTRAINT xel_task_progress_best_score_check CHECK (best_score BETWEEN 0 AND 100),
        CONSTRAINT xel_task_progress_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      );

      CREATE TABLE xel_attempts (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        organization_id uuid,
        module_id text NOT NULL,
        task_id text NOT NULL,
        task_version text NOT NULL,
        response jsonb,
        evaluation_id uuid,
        score integer NOT NULL,
        passed boolean NOT NULL,
        scored boolean NOT NULL,
        assisted boolean NOT NULL,
        xp_awarded integer NOT NULL,
        time_spent_seconds integer,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT xel_attempts_pkey PRIMARY KEY (id),
        CONSTRAINT xel_attempts_evaluation_id_key UNIQUE (evaluation_id),
        CONSTRAINT xel_attempts_score_check CHECK (score BETWEEN 0 AND 100),
        CONSTRAINT xel_attempts_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT xel_attempts_organization_id_fkey FOREIGN KEY (organization_id)
          REFERENCES organizations (id) ON DELETE SET NULL
      );
      CREATE INDEX xel_attempts_user_id_idx ON xel_attempts (user_id, id DESC);
      CREATE INDEX xel_attempts_organization_id_idx ON xel_attempts (organization_id)
        WHERE organization_id IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE xel_attempts; DROP TABLE xel_task_progress; DROP TABLE xel_module_progress',
    );
  }
}
