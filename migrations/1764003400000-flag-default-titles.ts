import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tells titles that a client chose from names of files, which the title in the file replaces. */
export class FlagDefaultTitles1764003400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE knowledge_documents ADD COLUMN has_default_title boolean NOT NULL DEFAULT false',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE knowledge_documents DROP COLUMN has_default_title');
  }
}
