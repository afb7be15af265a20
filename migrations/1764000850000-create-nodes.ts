import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The processes of this installation, by their signs of life. */
export class CreateNodes1764000850000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE nodes (
        id uuid NOT NULL,
        worker_pool text,
        seen_at timestamptz(3) NOT NULL,
        CONSTRAINT nodes_pkey PRIMARY KEY (id)
      )
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE nodes');
  }
}
