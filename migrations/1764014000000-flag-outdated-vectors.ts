import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A vector says of which title and headings it was made, so that the ones of an earlier title are found. Those of before are of
 * an unknown title: they are used until the next change.
 */
export class FlagOutdatedVectors1764014000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE knowledge_embeddings ADD COLUMN context_key uuid;
      ALTER TABLE knowledge_embedded_versions
        ADD COLUMN revision integer NOT NULL DEFAULT 1,
        ADD COLUMN outdated boolean NOT NULL DEFAULT false;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE knowledge_embedded_versions DROP COLUMN outdated, DROP COLUMN revision;
      ALTER TABLE knowledge_embeddings DROP COLUMN context_key;
    `);
  }
}
