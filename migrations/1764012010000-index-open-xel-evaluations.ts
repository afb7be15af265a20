import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds evaluations that never ended, of which there are few. */
export class IndexOpenXelEvaluations1764012010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX xel_evaluations_open_idx ON xel_evaluations (created_at)
        WHERE status IN ('queued', 'running');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX xel_evaluations_open_idx');
  }
}
