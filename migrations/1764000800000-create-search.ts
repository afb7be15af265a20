import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Thai, Lao, Burmese, Khmer, Hiragana, Katakana, Han: scripts that put no spaces between words. */
const UNSPACED_SCRIPTS =
  '\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff';

/**
 * The search index: one row for each conversation, message and note, written by the statement that writes its
 * source. Foreign keys take entries away with what they stand for, so there is no entry without a source.
 */
export class CreateSearch1764000800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Text goes in as words: markup, paths and compounds are taken apart, or PostgreSQL would keep a/b as one word
      -- and drop <tag>. Scripts without spaces go in as pairs of letters, each with the next one. Of very long texts
      -- the beginning counts, of pairs a shorter one: with more, a vector could outgrow what PostgreSQL stores.
      CREATE FUNCTION search_words(source text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT CASE
          WHEN octet_length(t) = length(t) OR t !~ '[${UNSPACED_SCRIPTS}]' THEN to_tsvector('english', t)
          ELSE to_tsvector('english', regexp_replace(t, '[${UNSPACED_SCRIPTS}]+', ' ', 'g'))
            || to_tsvector('simple', regexp_replace(u, '([${UNSPACED_SCRIPTS}]{2})', '\\1 ', 'g'))
            || to_tsvector('simple', regexp_replace(regexp_replace(u, '(^| )[${UNSPACED_SCRIPTS}]', '\\1', 'g'),
                 '([${UNSPACED_SCRIPTS}]{2})', '\\1 ', 'g'))
        END
        FROM (SELECT t, left(regexp_replace(t, '[^${UNSPACED_SCRIPTS}]+', ' ', 'g'), 40000) AS u
              FROM translate(left(source, 200000), '<>/-', '    ') AS t) AS texts
      $$;

      CREATE TABLE search_entries (
        source_id uuid NOT NULL,
        kind text NOT NULL,
        owner_id uuid NOT NULL,
        organization_id uuid,
        conversation_id uuid,
        note_id uuid,
        local boolean NOT NULL,
        tsv tsvector NOT NULL,
        length integer NOT NULL,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT search_entries_pkey PRIMARY KEY (source_id),
        CONSTRAINT search_entries_kind_check CHECK (
          CASE kind
            WHEN 'note' THEN note_id IS NOT NULL AND conversation_id IS NULL
            WHEN 'conversation' THEN note_id IS NULL AND conversation_id IS NOT NULL
            WHEN 'message' THEN note_id IS NULL AND conversation_id IS NOT NULL
            ELSE false
          END
        ),
        CONSTRAINT search_entries_conversation_id_fkey FOREIGN KEY (conversation_id)
          REFERENCES conversations (id) ON DELETE CASCADE,
        CONSTRAINT search_entries_note_id_fkey FOREIGN KEY (note_id)
          REFERENCES notes (id) ON DELETE CASCADE
      );
      ALTER TABLE search_entries ALTER tsv SET STORAGE EXTERNAL;
      CREATE INDEX search_entries_conversation_id_idx ON search_entries (conversation_id)
        WHERE conversation_id IS NOT NULL;
      CREATE INDEX search_entries_note_id_idx ON search_entries (note_id) WHERE note_id IS NOT NULL;
      CREATE INDEX search_entries_owner_id_idx ON search_entries (owner_id, kind, created_at DESC);
      CREATE INDEX search_entries_organization_id_idx
        ON search_entries (organization_id, owner_id, kind, created_at DESC)
        WHERE organization_id IS NOT NULL;
      CREATE INDEX search_entries_tsv_idx ON search_entries USING gin (tsv) WITH (gin_pending_list_limit = 512);

      CREATE TABLE search_reindex (
        id boolean NOT NULL,
        run_id uuid NOT NULL,
        stage text NOT NULL,
        after uuid,
        total integer,
        done integer NOT NULL,
        started_at timestamptz(3) NOT NULL,
        progressed_at timestamptz(3) NOT NULL,
        finished_at timestamptz(3),
        failed_reason text,
        CONSTRAINT search_reindex_pkey PRIMARY KEY (id),
        CONSTRAINT search_reindex_only_one_check CHECK (id),
        CONSTRAINT search_reindex_stage_check
          CHECK (stage IN ('conversation', 'message', 'note', 'orphan', 'finished'))
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE search_reindex, search_entries; DROP FUNCTION search_words(text)');
  }
}
