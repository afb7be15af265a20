import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The knowledge base. A partition is a set of documents with the same readers; every row that a search can find names its
 * partition, so that one condition decides what a caller finds, and what counts in the statistics of the search.
 */
export class CreateKnowledge1764003000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE knowledge_partitions (
        id uuid NOT NULL,
        visibility text NOT NULL,
        owner_id uuid,
        organization_id uuid,
        team_id uuid,
        conversation_id uuid,
        bytes bigint NOT NULL DEFAULT 0,
        CONSTRAINT knowledge_partitions_pkey PRIMARY KEY (id),
        CONSTRAINT knowledge_partitions_visibility_check CHECK (
          CASE visibility
            WHEN 'private' THEN owner_id IS NOT NULL AND team_id IS NULL AND conversation_id IS NULL
            WHEN 'conversation' THEN owner_id IS NOT NULL AND team_id IS NULL AND conversation_id IS NOT NULL
            WHEN 'team' THEN owner_id IS NULL AND organization_id IS NOT NULL AND conversation_id IS NULL
            WHEN 'organization' THEN owner_id IS NULL AND organization_id IS NOT NULL AND team_id IS NULL
              AND conversation_id IS NULL
            ELSE false
          END
        ),
        CONSTRAINT knowledge_partitions_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT knowledge_partitions_organization_id_fkey FOREIGN KEY (organization_id)
          REFERENCES organizations (id) ON DELETE CASCADE,
        CONSTRAINT knowledge_partitions_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams (id) ON DELETE SET NULL,
        CONSTRAINT knowledge_partitions_conversation_id_fkey FOREIGN KEY (conversation_id)
          REFERENCES conversations (id) ON DELETE CASCADE
      );
      CREATE UNIQUE INDEX knowledge_partitions_private_key
        ON knowledge_partitions (owner_id, organization_id) NULLS NOT DISTINCT WHERE visibility = 'private';
      CREATE UNIQUE INDEX knowledge_partitions_conversation_key
        ON knowledge_partitions (conversation_id) WHERE visibility = 'conversation';
      CREATE UNIQUE INDEX knowledge_partitions_team_key
        ON knowledge_partitions (team_id) WHERE visibility = 'team' AND team_id IS NOT NULL;
      CREATE UNIQUE INDEX knowledge_partitions_organization_key
        ON knowledge_partitions (organization_id) WHERE visibility = 'organization';
      CREATE INDEX knowledge_partitions_owner_id_idx ON knowledge_partitions (owner_id);
      CREATE INDEX knowledge_partitions_organization_id_idx ON knowledge_partitions (organization_id);

      CREATE TABLE knowledge_collections (
        id uuid NOT NULL,
        partition_id uuid NOT NULL,
        created_by uuid,
        name text NOT NULL,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        CONSTRAINT knowledge_collections_pkey PRIMARY KEY (id),
        CONSTRAINT knowledge_collections_partition_id_fkey FOREIGN KEY (partition_id)
          REFERENCES knowledge_partitions (id) ON DELETE CASCADE,
        CONSTRAINT knowledge_collections_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id) ON DELETE SET NULL
      );
      CREATE INDEX knowledge_collections_partition_id_idx ON knowledge_collections (partition_id, id DESC);
      CREATE INDEX knowledge_collections_created_by_idx ON knowledge_collections (created_by);

      CREATE TABLE knowledge_documents (
        id uuid NOT NULL,
        partition_id uuid NOT NULL,
        uploaded_by uuid,
        collection_id uuid,
        path text,
        title text NOT NULL,
        metadata jsonb NOT NULL,
        version integer NOT NULL,
        ready_version integer,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        CONSTRAINT knowledge_documents_pkey PRIMARY KEY (id),
        CONSTRAINT knowledge_documents_version_check CHECK (version >= 1 AND ready_version <= version),
        CONSTRAINT knowledge_documents_partition_id_fkey FOREIGN KEY (partition_id)
          REFERENCES knowledge_partitions (id) ON DELETE CASCADE,
        CONSTRAINT knowledge_documents_uploaded_by_fkey FOREIGN KEY (uploaded_by) REFERENCES users (id) ON DELETE SET NULL,
        CONSTRAINT knowledge_documents_collection_id_fkey FOREIGN KEY (collection_id)
          REFERENCES knowledge_collections (id) ON DELETE SET NULL
      );
      CREATE INDEX knowledge_documents_partition_id_idx ON knowledge_documents (partition_id, id DESC);
      CREATE INDEX knowledge_documents_collection_id_idx ON knowledge_documents (collection_id, id DESC)
        WHERE collection_id IS NOT NULL;
      CREATE INDEX knowledge_documents_uploaded_by_idx ON knowledge_documents (uploaded_by);
      CREATE UNIQUE INDEX knowledge_documents_path_key ON knowledge_documents (collection_id, path)
        WHERE path IS NOT NULL;

      CREATE TABLE knowledge_document_versions (
        id uuid NOT NULL,
        document_id uuid NOT NULL,
        version integer NOT NULL,
        filename text NOT NULL,
        content_type text NOT NULL,
        size bigint NOT NULL,
        sha256 text NOT NULL,
        status text NOT NULL,
        stage text,
        progress_percent integer NOT NULL,
        error_code text,
        error_message text,
        warnings text[] NOT NULL,
        language text,
        chunk_count integer NOT NULL,
        text_length integer NOT NULL,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        CONSTRAINT knowledge_document_versions_pkey PRIMARY KEY (id),
        CONSTRAINT knowledge_document_versions_version_key UNIQUE (document_id, version),
        CONSTRAINT knowledge_document_versions_status_check CHECK (status IN ('queued', 'processing', 'ready', 'failed')),
        CONSTRAINT knowledge_document_versions_error_check CHECK ((status = 'failed') = (error_code IS NOT NULL)),
        CONSTRAINT knowledge_document_versions_progress_check CHECK (progress_percent BETWEEN 0 AND 100),
        CONSTRAINT knowledge_document_versions_document_id_fkey FOREIGN KEY (document_id)
          REFERENCES knowledge_documents (id) ON DELETE CASCADE
      );
      CREATE INDEX knowledge_document_versions_unfinished_idx ON knowledge_document_versions (updated_at)
        WHERE status IN ('queued', 'processing');

      CREATE TABLE knowledge_document_parts (
        version_id uuid NOT NULL,
        kind text NOT NULL,
        part integer NOT NULL,
        data bytea NOT NULL,
        CONSTRAINT knowledge_document_parts_pkey PRIMARY KEY (version_id, kind, part),
        CONSTRAINT knowledge_document_parts_kind_check CHECK (kind IN ('original', 'text')),
        CONSTRAINT knowledge_document_parts_version_id_fkey FOREIGN KEY (version_id)
          REFERENCES knowledge_document_versions (id) ON DELETE CASCADE
      );
      ALTER TABLE knowledge_document_parts ALTER data SET STORAGE EXTERNAL;

      CREATE TABLE knowledge_chunks (
        id uuid NOT NULL,
        document_id uuid NOT NULL,
        version_id uuid NOT NULL,
        partition_id uuid NOT NULL,
        ordinal integer NOT NULL,
        start_offset integer NOT NULL,
        end_offset integer NOT NULL,
        parent_start integer NOT NULL,
        parent_end integer NOT NULL,
        page integer,
        heading_path text[] NOT NULL,
        context text NOT NULL,
        content text NOT NULL,
        CONSTRAINT knowledge_chunks_pkey PRIMARY KEY (id),
        CONSTRAINT knowledge_chunks_ordinal_key UNIQUE (document_id, ordinal),
        CONSTRAINT knowledge_chunks_offsets_check CHECK (0 <= start_offset AND start_offset < end_offset),
        CONSTRAINT knowledge_chunks_document_id_fkey FOREIGN KEY (document_id)
          REFERENCES knowledge_documents (id) ON DELETE CASCADE,
        CONSTRAINT knowledge_chunks_version_id_fkey FOREIGN KEY (version_id)
          REFERENCES knowledge_document_versions (id) ON DELETE CASCADE,
        CONSTRAINT knowledge_chunks_partition_id_fkey FOREIGN KEY (partition_id)
          REFERENCES knowledge_partitions (id) ON DELETE CASCADE
      );
      CREATE INDEX knowledge_chunks_version_id_idx ON knowledge_chunks (version_id);
      CREATE INDEX knowledge_chunks_partition_id_idx ON knowledge_chunks (partition_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE knowledge_chunks, knowledge_document_parts, knowledge_document_versions,
      knowledge_documents, knowledge_collections, knowledge_partitions`);
  }
}
