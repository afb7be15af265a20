// Fills a database with indexed chunks of many tenants: some texts are indexed once, and their rows are copied with SQL.
import pg from 'pg';
import { lengthSql, titledLexemesSql } from '../../dist/src/platform/search/index.js';

const VOCABULARY = 30_000;
const TEXTS = 2_000;
const TEXT_WORDS = 120;
const CHUNKS_OF_DOCUMENT = 50;
const INDEX = 'knowledge_chunks_words_idx';

/** Words in the order of their frequency. */
const words = Array.from({ length: VOCABULARY }, (_, index) => `w${((index * 7919) % 30_011).toString(36)}x`);

/** Returns a word; the first words are much more frequent, as in natural language. */
export function randomWord() {
  return words[Math.floor(Math.random() ** 3 * VOCABULARY)];
}

const randomText = () => Array.from({ length: TEXT_WORDS }, randomWord).join(' ');

const TEXTS_SQL = `
  CREATE TABLE bench_texts AS
  SELECT b.n::integer - 1 AS n, b.content, x.words, ${lengthSql('x.words')} AS length
  FROM unnest($1::text[]) WITH ORDINALITY b (content, n)
  CROSS JOIN LATERAL (SELECT ${titledLexemesSql("'english'", "'Handbook'", 'b.content')} AS words OFFSET 0) x`;

/** `tenants` accounts besides those that exist; each account has a private partition. */
const tenantsSql = (tenants) => `
  INSERT INTO users (id, username, email, created_at, updated_at)
  SELECT gen_random_uuid(), 'tenant-' || n, 'tenant-' || n || '@example.com', now(), now()
  FROM generate_series(1, ${tenants} - (SELECT count(*)::int FROM users)) n;
  INSERT INTO knowledge_partitions (id, visibility, owner_id) SELECT gen_random_uuid(), 'private', id FROM users`;

const documentsSql = (documents) => `
  CREATE TABLE bench_documents AS
  SELECT gen_random_uuid() AS id, gen_random_uuid() AS version_id, p.id AS partition_id, row_number() OVER ()::integer AS n
  FROM knowledge_partitions p CROSS JOIN generate_series(1, ${documents});
  INSERT INTO knowledge_documents (id, partition_id, title, metadata, version, ready_version, ready_version_id, created_at, updated_at)
  SELECT id, partition_id, 'Handbook', '{}', 1, 1, version_id, now(), now() FROM bench_documents;
  INSERT INTO knowledge_document_versions (id, document_id, version, filename, content_type, size, sha256, status,
    progress_percent, warnings, language, chunk_count, text_length, created_at, updated_at)
  SELECT version_id, id, 1, 'handbook.md', 'text/markdown', 100, '', 'ready', 100, '{}', 'en', ${CHUNKS_OF_DOCUMENT}, 100, now(), now()
  FROM bench_documents`;

const CHUNKS_SQL = `
  INSERT INTO knowledge_chunks (id, document_id, version_id, partition_id, ordinal, start_offset, end_offset, parent_start,
    parent_end, heading_path, context, content, configuration, words, length)
  SELECT gen_random_uuid(), d.id, d.version_id, d.partition_id, o, 0, 1, 0, 1, '{}', 'Handbook', t.content, 'english', t.words,
    t.length
  FROM bench_documents d CROSS JOIN generate_series(0, ${CHUNKS_OF_DOCUMENT - 1}) o
  JOIN bench_texts t ON t.n = (d.n * 37 + o * 53) % ${TEXTS}`;

/** The statistics are sums over the texts, and not over all chunks. */
const STATISTICS_SQL = `
  CREATE TABLE bench_uses AS
  SELECT d.partition_id, t.n, count(*) AS uses
  FROM bench_documents d CROSS JOIN generate_series(0, ${CHUNKS_OF_DOCUMENT - 1}) o
  JOIN bench_texts t ON t.n = (d.n * 37 + o * 53) % ${TEXTS} GROUP BY 1, 2;
  INSERT INTO knowledge_terms (partition_id, lexeme, chunks)
  SELECT u.partition_id, w.lexeme, sum(u.uses) FROM bench_uses u JOIN bench_texts t USING (n)
  CROSS JOIN LATERAL unnest(t.words) w GROUP BY 1, 2;
  INSERT INTO knowledge_partition_statistics (partition_id, configuration, chunks, length)
  SELECT u.partition_id, 'english', sum(u.uses), sum(u.uses * t.length) FROM bench_uses u JOIN bench_texts t USING (n) GROUP BY 1`;

/** Fills the database with `chunks` chunks of `tenants` accounts, in equal shares. Returns the number of chunks. */
export async function seedKnowledge(databaseUrl, { tenants, chunks }) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('SELECT set_config($1, $2, false)', ['maintenance_work_mem', '512MB']);
    await client.query(TEXTS_SQL, [Array.from({ length: TEXTS }, randomText)]);
    await client.query(tenantsSql(tenants));
    await client.query(documentsSql(Math.max(1, Math.round(chunks / tenants / CHUNKS_OF_DOCUMENT))));
    const { rows } = await client.query('SELECT pg_get_indexdef($1::regclass) AS sql', [INDEX]);
    await client.query(`DROP INDEX ${INDEX}`);
    const { rowCount } = await client.query(CHUNKS_SQL);
    await client.query(rows[0].sql);
    await client.query(STATISTICS_SQL);
    await client.query('DROP TABLE bench_uses, bench_documents, bench_texts');
    await client.query('VACUUM ANALYZE');
    return rowCount;
  } finally {
    await client.end();
  }
}
