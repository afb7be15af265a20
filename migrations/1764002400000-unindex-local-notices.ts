import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Removes the notices of the provider `local` from the search index; its quotations stay. */
export class UnindexLocalNotices1764002400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE search_entries e
      SET tsv = q.words || array_to_tsvector(array_remove(
            ARRAY['@' || e.owner_id::text, '@' || e.organization_id::text || e.owner_id::text], NULL)),
          length = length(q.words)
      FROM (
        SELECT m.id, search_words(coalesce((SELECT string_agg(line, E'\\n')
          FROM regexp_split_to_table(m.content, E'\\n') line WHERE line LIKE '> %'), '')) AS words
        FROM messages m WHERE m.provider = 'local'
      ) q
      WHERE q.id = e.source_id AND e.local
    `);
  }

  /** The previous version has the same columns, and a rebuild of its index restores the words. */
  async down(): Promise<void> {}
}
