import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Renames `api_keys.armed_at` to `activated_at`: the instant of creation, or of the last reactivation. */
export class RenameApiKeyActivation1764001100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE api_keys RENAME COLUMN armed_at TO activated_at');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE api_keys RENAME COLUMN activated_at TO armed_at');
  }
}
