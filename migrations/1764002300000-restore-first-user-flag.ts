import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The first builds created `installation` without this column: adds it to their databases. */
export class RestoreFirstUserFlag1764002300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE installation ADD COLUMN IF NOT EXISTS has_first_user boolean NOT NULL DEFAULT false;
      UPDATE installation SET has_first_user = true WHERE NOT has_first_user AND EXISTS (SELECT FROM users);
    `);
  }

  /** The column belongs to an earlier migration. */
  down(): Promise<void> {
    return Promise.resolve();
  }
}
