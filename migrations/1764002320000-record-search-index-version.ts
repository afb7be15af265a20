import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The major version of PostgreSQL that wrote the search index, because stemmers differ between versions. The version that
 * wrote existing entries is not known, so the server rebuilds them once.
 */
export class RecordSearchIndexVersion1764002320000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE search_index (
        singleton boolean NOT NULL DEFAULT true,
        server_major integer NOT NULL,
        CONSTRAINT search_index_pkey PRIMARY KEY (singleton),
        CONSTRAINT search_index_singleton CHECK (singleton)
      );
      INSERT INTO search_index (server_major)
      SELECT CASE WHEN EXISTS (SELECT FROM search_entries) THEN 0
                  ELSE current_setting('server_version_num')::integer / 10000 END;
      ALTER TABLE search_reindex ADD COLUMN server_major integer;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE search_reindex DROP COLUMN server_major; DROP TABLE search_index');
  }
}
