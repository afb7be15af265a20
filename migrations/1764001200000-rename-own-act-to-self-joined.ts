import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Renames `memberships.own_act` to `self_joined`: true after the user joined or chose the organization themself. */
export class RenameOwnActToSelfJoined1764001200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE memberships RENAME COLUMN own_act TO self_joined');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE memberships RENAME COLUMN self_joined TO own_act');
  }
}
