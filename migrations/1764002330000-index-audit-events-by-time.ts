import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds the audit events that are old enough to be deleted. Rows are in the order of time, so the index is tiny. */
export class IndexAuditEventsByTime1764002330000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX audit_events_created_at_idx ON audit_events USING brin (created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX audit_events_created_at_idx');
  }
}
