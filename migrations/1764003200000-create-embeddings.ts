import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Vectors of chunks. The vectors are compared by the server, so the database needs no extension. */
export class CreateEmbeddings1764003200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE knowledge_embeddings (
        chunk_id uuid NOT NULL,
        model text NOT NULL,
        embedding bytea NOT NULL,
        CONSTRAINT knowledge_embeddings_pkey PRIMARY KEY (chunk_id),
        CONSTRAINT knowledge_embeddings_chunk_id_fkey FOREIGN KEY (chunk_id)
          REFERENCES knowledge_chunks (id) ON DELETE CASCADE
      );
      ALTER TABLE knowledge_embeddings ALTER embedding SET STORAGE EXTERNAL;

      CREATE TABLE knowledge_embedded_versions (
        version_id uuid NOT NULL,
        document_id uuid NOT NULL,
        model text NOT NULL,
        dimensions integer NOT NULL,
        chunks integer NOT NULL,
        CONSTRAINT knowledge_embedded_versions_pkey PRIMARY KEY (version_id),
        CONSTRAINT knowledge_embedded_versions_version_id_fkey FOREIGN KEY (version_id)
          REFERENCES knowledge_document_versions (id) ON DELETE CASCADE,
        CONSTRAINT knowledge_embedded_versions_document_id_fkey FOREIGN KEY (document_id)
          REFERENCES knowledge_documents (id) ON DELETE CASCADE
      );
      CREATE INDEX knowledge_embedded_versions_document_id_idx ON knowledge_embedded_versions (document_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE knowledge_embedded_versions, knowledge_embeddings');
  }
}
