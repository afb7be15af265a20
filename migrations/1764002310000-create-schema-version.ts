import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The version of the server that migrated the database last, for the message of an older one. */
export class CreateSchemaVersion1764002310000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE schema_version (
        singleton boolean NOT NULL DEFAULT true,
        server_version text NOT NULL,
        CONSTRAINT schema_version_pkey PRIMARY KEY (singleton),
        CONSTRAINT schema_version_singleton CHECK (singleton)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE schema_version');
  }
}
