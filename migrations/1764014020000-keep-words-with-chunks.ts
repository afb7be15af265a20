import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The lexemes of a passage are stored in its row, and not in another table that a search would have to read for each passage that
 * it scores. Longer rows than half a page are divided as before. This concerns rows that are written from now on.
 */
export class KeepWordsWithChunks1764014020000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE knowledge_chunks SET (toast_tuple_target = 4080)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE knowledge_chunks RESET (toast_tuple_target)');
  }
}
