import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Thai, Lao, Burmese, Khmer, Hiragana, Katakana, Han: scripts that put no spaces between words. */
const UNSPACED =
  '\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff';

/** ASCII punctuation without the blank, and punctuation beyond ASCII. */
const PUNCTUATION =
  '\\u0021-\\u002f\\u003a-\\u0040\\u005b-\\u0060\\u007b-\\u007f‘’“”„‟«»‹›‚–—―…·•†‡§¶¿¡、。「」『』【】〈〉《》←→↑↓°©®™';

const splitFunction = (replaced: string): string => `
  CREATE OR REPLACE FUNCTION search_split(source text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(source, '[${replaced}${PUNCTUATION}]', ' ', 'g')
  $$;`;

/**
 * Conversations, messages and notes are searched by the lexemes that documents are searched by. Existing entries are rebuilt at
 * the next start. Processes of earlier versions, which call `search_words`, write and read the same lexemes.
 */
export class ShareSearchLexemes1764014050000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Replacing blanks by blanks took most of the time.
      ${splitFunction('\\u0001-\\u001f')}

      CREATE OR REPLACE FUNCTION search_words(source text) RETURNS tsvector LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
        SELECT search_lexemes('english', source)
      $$;

      ALTER TABLE search_reindex ADD COLUMN words_version integer;
      ALTER TABLE search_index ADD COLUMN words_version integer;
      UPDATE search_index SET words_version = CASE WHEN EXISTS (SELECT FROM search_entries) THEN 0 ELSE 3 END;
      ALTER TABLE search_index ALTER COLUMN words_version SET NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE search_index DROP COLUMN words_version;
      ALTER TABLE search_reindex DROP COLUMN words_version;

      CREATE OR REPLACE FUNCTION search_words(source text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT CASE
          WHEN octet_length(t) = length(t) OR t !~ '[${UNSPACED}]' THEN to_tsvector('english', t)
          ELSE to_tsvector('english', regexp_replace(t, '[${UNSPACED}]+', ' ', 'g'))
            || to_tsvector('simple', regexp_replace(u, '([${UNSPACED}]{2})', '\\1 ', 'g'))
            || to_tsvector('simple', regexp_replace(regexp_replace(u, '(^| )[${UNSPACED}]', '\\1', 'g'),
                 '([${UNSPACED}]{2})', '\\1 ', 'g'))
        END
        FROM (SELECT t, left(regexp_replace(t, '[^${UNSPACED}]+', ' ', 'g'), 40000) AS u
              FROM translate(left(source, 200000), '<>/-', '    ') AS t) AS texts
      $$;
      ${splitFunction('\\u0001-\\u0020')}
    `);
  }
}
