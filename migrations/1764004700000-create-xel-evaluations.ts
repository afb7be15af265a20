import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Evaluations of texts and transcripts of learners, and the requests that a person of an organization decides on one. `result` is
 * that of the evaluator and never changes; what a person decides is in the request.
 */
export class CreateXelEvaluations1764004700000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE xel_evaluations (
        id uuid NOT NULL,
        owner_id uuid NOT NULL,
        organization_id uuid,
        skill text NOT NULL,
        status text NOT NULL,
        text text NOT NULL,
        prompt text,
        task_id text,
        min_words integer,
        words jsonb,
        feedback_language text NOT NULL,
        previous_evaluation_id uuid,
        -- The response to a task of the course, which pays progress when it is done.
        is_submission boolean NOT NULL,
        time_spent_seconds integer,
        overall_score integer,
        cefr text,
        result jsonb,
        created_at timestamptz(3) NOT NULL,
        finished_at timestamptz(3),
        CONSTRAINT xel_evaluations_pkey PRIMARY KEY (id),
        CONSTRAINT xel_evaluations_skill_check CHECK (skill IN ('speaking', 'writing')),
        CONSTRAINT xel_evaluations_status_check
          CHECK (status IN ('queued', 'running', 'done', 'could_not_evaluate', 'failed')),
        CONSTRAINT xel_evaluations_overall_score_check CHECK (overall_score BETWEEN 0 AND 100),
        CONSTRAINT xel_evaluations_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT xel_evaluations_organization_id_fkey FOREIGN KEY (organization_id)
          REFERENCES organizations (id) ON DELETE CASCADE
      );
      CREATE INDEX xel_evaluations_owner_id_idx ON xel_evaluations (owner_id, id DESC);
      CREATE INDEX xel_evaluations_organization_id_idx ON xel_evaluations (organization_id, owner_id, id DESC);

      CREATE TABLE xel_review_requests (
        id uuid NOT NULL,
        evaluation_id uuid NOT NULL,
        organization_id uuid NOT NULL,
        reason text,
        status text NOT NULL,
        decided_by uuid,
        decided_role text,
        decision_reason text,
        decided_score integer,
        created_at timestamptz(3) NOT NULL,
        decided_at timestamptz(3),
        CONSTRAINT xel_review_requests_pkey PRIMARY KEY (id),
        CONSTRAINT xel_review_requests_status_check CHECK (status IN ('open', 'decided')),
        CONSTRAINT xel_review_requests_decided_score_check CHECK (decided_score BETWEEN 0 AND 100),
        CONSTRAINT xel_review_requests_evaluation_id_fkey FOREIGN KEY (evaluation_id)
          REFERENCES xel_evaluations (id) ON DELETE CASCADE,
        CONSTRAINT xel_review_requests_organization_id_fkey FOREIGN KEY (organization_id)
          REFERENCES organizations (id) ON DELETE CASCADE,
        CONSTRAINT xel_review_requests_decided_by_fkey FOREIGN KEY (decided_by)
          REFERENCES users (id) ON DELETE SET NULL
      );
      CREATE UNIQUE INDEX xel_review_requests_open_key ON xel_review_requests (evaluation_id) WHERE status = 'open';
      CREATE INDEX xel_review_requests_evaluation_id_idx ON xel_review_requests (evaluation_id, decided_at DESC);
      CREATE INDEX xel_review_requests_organization_id_idx ON xel_review_requests (organization_id, id DESC)
        WHERE status = 'open';
      CREATE INDEX xel_review_requests_decided_by_idx ON xel_review_requests (decided_by);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE xel_review_requests, xel_evaluations');
  }
}
