import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Placement tests of the English course, and their answers. A user has at most one that is not finished. `current_item_id` is
 * the item that the user has to answer next; an answer to another one changes nothing.
 */
export class CreateXelPlacements1764004510000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE xel_placements (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        current_item_id text,
        answered integer NOT NULL,
        ability double precision NOT NULL,
        standard_error double precision NOT NULL,
        cefr text,
        cefr_low text,
        cefr_high text,
        started_at timestamptz(3) NOT NULL,
        finished_at timestamptz(3),
        CONSTRAINT xel_placements_pkey PRIMARY KEY (id),
        CONSTRAINT xel_placements_finished_check CHECK ((finished_at IS NULL) = (current_item_id IS NOT NULL)
          AND (finished_at IS NULL) = (cefr IS NULL)),
        CONSTRAINT xel_placements_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
      );
      CREATE INDEX xel_placements_user_id_idx ON xel_placements (user_id, id DESC);
      CREATE UNIQUE INDEX xel_placements_open_key ON xel_placements (user_id) WHERE finished_at IS NULL;

      CREATE TABLE xel_placement_answers (
        placement_id uuid NOT NULL,
        position integer NOT NULL,
        item_id text NOT NULL,
        item_version text NOT NULL,
        response text NOT NULL,
        correct boolean NOT NULL,
        answered_at timestamptz(3) NOT NULL,
        CONSTRAINT xel_placement_answers_pkey PRIMARY KEY (placement_id, position),
        CONSTRAINT xel_placement_answers_item_id_key UNIQUE (placement_id, item_id),
        CONSTRAINT xel_placement_answers_placement_id_fkey FOREIGN KEY (placement_id)
          REFERENCES xel_placements (id) ON DELETE CASCADE
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE xel_placement_answers; DROP TABLE xel_placements');
  }
}
