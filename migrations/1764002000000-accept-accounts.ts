import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When the user of an account took possession of it. An account whose owner chose its password counts as accepted. */
export class AcceptAccounts1764002000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE users ADD COLUMN accepted_at timestamptz(3);
      UPDATE users SET accepted_at = created_at
      WHERE email_verified_at IS NOT NULL OR (password_hash IS NOT NULL AND NOT must_change_password);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE users DROP COLUMN accepted_at');
  }
}
