import type { MigrationInterface, QueryRunner } from 'typeorm';

const ALWAYS = 'left(normalize(t, NFKC), 200000)';
const WHEN_NEEDED = 'CASE WHEN t IS NFKC NORMALIZED THEN t ELSE left(normalize(t, NFKC), 200000) END';

/**
 * The lexemes of a text do not change, but most texts that are not ASCII are normalized already: the check takes a tenth of
 * the time.
 */
export class NormalizeOnlyWhenNeeded1764003610000 implements MigrationInterface {
  up(runner: QueryRunner): Promise<void> {
    return replaceInFunction(runner, ALWAYS, WHEN_NEEDED);
  }

  down(runner: QueryRunner): Promise<void> {
    return replaceInFunction(runner, WHEN_NEEDED, ALWAYS);
  }
}

async function replaceInFunction(runner: QueryRunner, from: string, to: string): Promise<void> {
  await runner.query(`DO $do$
    DECLARE
      source text := pg_get_functiondef('search_stemmed_lexemes(text, text)'::regprocedure);
    BEGIN
      IF strpos(source, '${from}') = 0 THEN
        RAISE EXCEPTION 'search_stemmed_lexemes does not have the expected source';
      END IF;
      EXECUTE replace(source, '${from}', '${to}');
    END $do$`);
}
