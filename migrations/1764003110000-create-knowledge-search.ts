import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The lexical index of the knowledge base. Frequencies and lengths are kept for each partition, so that the scores of a reader
 * depend only on documents that this reader may read. The keys of the index contain the partition, so that a search does not
 * read postings of other partitions.
 */
export class CreateKnowledgeSearch1764003110000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION search_key(partition_id uuid, lexeme text) RETURNS bigint
      LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT hashtextextended(lexeme, hashtextextended(partition_id::text, 0))
      $$;
      CREATE FUNCTION search_keys(partition_id uuid, words tsvector) RETURNS bigint[]
      LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT array_agg(hashtextextended(w.lexeme, p.seed))
        FROM unnest(words) w CROSS JOIN (SELECT hashtextextended(partition_id::text, 0) AS seed OFFSET 0) p
      $$;

      -- No chunk exists before this migration: nothing wrote the table.
      ALTER TABLE knowledge_chunks
        ADD COLUMN configuration text NOT NULL,
        ADD COLUMN words tsvector NOT NULL,
        ADD COLUMN length integer NOT NULL;
      ALTER TABLE knowledge_chunks ALTER words SET STORAGE EXTERNAL;
      CREATE INDEX knowledge_chunks_words_idx ON knowledge_chunks USING gin (search_keys(partition_id, words))
        WITH (gin_pending_list_limit = 512);

      CREATE TABLE knowledge_terms (
        partition_id uuid NOT NULL,
        lexeme text COLLATE "C" NOT NULL,
        chunks integer NOT NULL,
        CONSTRAINT knowledge_terms_pkey PRIMARY KEY (partition_id, lexeme),
        CONSTRAINT knowledge_terms_chunks_check CHECK (chunks > 0),
        CONSTRAINT knowledge_terms_partition_id_fkey FOREIGN KEY (partition_id)
          REFERENCES knowledge_partitions (id) ON DELETE CASCADE
      );

      CREATE TABLE knowledge_partition_statistics (
        partition_id uuid NOT NULL,
        configuration text NOT NULL,
        chunks integer NOT NULL,
        length bigint NOT NULL,
        CONSTRAINT knowledge_partition_statistics_pkey PRIMARY KEY (partition_id, configuration),
        CONSTRAINT knowledge_partition_statistics_partition_id_fkey FOREIGN KEY (partition_id)
          REFERENCES knowledge_partitions (id) ON DELETE CASCADE
      );

      -- What wrote the index: stemmers differ between major versions of PostgreSQL. "after" is the last chunk of a rebuild.
      CREATE TABLE knowledge_index (
        singleton boolean NOT NULL DEFAULT true,
        server_major integer NOT NULL,
        words_version integer NOT NULL,
        after uuid,
        CONSTRAINT knowledge_index_pkey PRIMARY KEY (singleton),
        CONSTRAINT knowledge_index_singleton CHECK (singleton)
      );
      INSERT INTO knowledge_index (server_major, words_version)
      VALUES (current_setting('server_version_num')::integer / 10000, 2);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE knowledge_index, knowledge_partition_statistics, knowledge_terms;
      DROP INDEX knowledge_chunks_words_idx;
      ALTER TABLE knowledge_chunks DROP COLUMN configuration, DROP COLUMN words, DROP COLUMN length;
      DROP FUNCTION search_keys(uuid, tsvector), search_key(uuid, text);
    `);
  }
}
