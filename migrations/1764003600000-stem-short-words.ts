import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The English stemmer before PostgreSQL 18 takes `added` to `ad`, but `add` to `add`, and the same for `ebb`, `egg` and `err`: their
 * forms are indexed as the word itself, so that every version finds one by another.
 */
export class StemShortWords1764003600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER FUNCTION search_lexemes(text, text) RENAME TO search_stemmed_lexemes;

      CREATE FUNCTION search_lexemes(configuration text, source text) RETURNS tsvector
      LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
        SELECT search_stemmed_lexemes(configuration, CASE WHEN configuration = 'english'
          THEN regexp_replace(source, '\\y(add|ebb|egg|err)(?:ed|ing)\\y', '\\1', 'gi') ELSE source END)
      $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP FUNCTION search_lexemes(text, text);
      ALTER FUNCTION search_stemmed_lexemes(text, text) RENAME TO search_lexemes;
    `);
  }
}
