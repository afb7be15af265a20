import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Chunks are inserted before readers find them: a document names the version whose chunks are found and counted, and the
 * chunks of a later version exist at the same time.
 */
export class StageChunks1764003500000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE knowledge_documents ADD COLUMN ready_version_id uuid;
      UPDATE knowledge_documents d SET ready_version_id = v.id FROM knowledge_document_versions v
        WHERE v.document_id = d.id AND v.version = d.ready_version;
      ALTER TABLE knowledge_documents ADD CONSTRAINT knowledge_documents_ready_version_check
        CHECK ((ready_version IS NULL) = (ready_version_id IS NULL));
      ALTER TABLE knowledge_chunks DROP CONSTRAINT knowledge_chunks_ordinal_key;
      DROP INDEX knowledge_chunks_version_id_idx;
      ALTER TABLE knowledge_chunks ADD CONSTRAINT knowledge_chunks_ordinal_key UNIQUE (version_id, ordinal);
      CREATE INDEX knowledge_chunks_document_id_idx ON knowledge_chunks (document_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DELETE FROM knowledge_chunks c USING knowledge_documents d
        WHERE d.id = c.document_id AND c.version_id IS DISTINCT FROM d.ready_version_id;
      DROP INDEX knowledge_chunks_document_id_idx;
      ALTER TABLE knowledge_chunks DROP CONSTRAINT knowledge_chunks_ordinal_key;
      ALTER TABLE knowledge_chunks ADD CONSTRAINT knowledge_chunks_ordinal_key UNIQUE (document_id, ordinal);
      CREATE INDEX knowledge_chunks_version_id_idx ON knowledge_chunks (version_id);
      ALTER TABLE knowledge_documents DROP CONSTRAINT knowledge_documents_ready_version_check;
      ALTER TABLE knowledge_documents DROP COLUMN ready_version_id;
    `);
  }
}
