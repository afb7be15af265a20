import type { TestApp } from '../app/test-app.js';

export interface GivenFiles {
  collectionId: string;
  uploadedBy: string;
  count: number;
}

/**
 * Inserts documents that are ready, with one chunk each, as the ingestion would leave them. The word `walnut` is in all of them.
 * Counts the statistics of the whole database again.
 */
export async function insertFiles(
  app: TestApp,
  { collectionId, uploadedBy, count }: GivenFiles,
): Promise<void> {
  await app.sql(
    `WITH numbers AS MATERIALIZED (
       SELECT n, gen_random_uuid() AS id, gen_random_uuid() AS version_id FROM generate_series(1, ${count}) n
     ), documents AS (
       INSERT INTO knowledge_documents (id, partition_id, uploaded_by, collection_id, path, title, metadata, version,
         ready_version, ready_version_id, created_at, updated_at)
       SELECT n.id, c.partition_id, $2, c.id, n.n || '.md', 'File', '{}', 1, 1, n.version_id, now(), now()
       FROM numbers n CROSS JOIN knowledge_collections c WHERE c.id = $1
     ), versions AS (
       INSERT INTO knowledge_document_versions (id, document_id, version, filename, content_type, size, sha256, status,
         progress_percent, warnings, chunk_count, text_length, created_at, updated_at)
       SELECT version_id, id, 1, n || '.md', 'text/markdown', 9, encode(sha256(n::text::bytea), 'hex'), 'ready', 100, '{}', 1,
         9, now(), now() FROM numbers
     )
     INSERT INTO knowledge_chunks (id, document_id, version_id, partition_id, ordinal, start_offset, end_offset,
       parent_start, parent_end, heading_path, context, content, configuration, words, length)
     SELECT gen_random_uuid(), n.id, n.version_id, c.partition_id, 0, 0, 9, 0, 9, '{}', 'File', 'walnut ' || n.n, 'simple',
       to_tsvector('simple', 'file walnut ' || n.n), 3
     FROM numbers n CROSS JOIN knowledge_collections c WHERE c.id = $1`,
    [collectionId, uploadedBy],
  );
  await app.sql(`DELETE FROM knowledge_terms`);
  await app.sql(`DELETE FROM knowledge_partition_statistics`);
  await app.sql(
    `INSERT INTO knowledge_terms SELECT c.partition_id, w.lexeme, count(*)
     FROM knowledge_chunks c CROSS JOIN LATERAL unnest(c.words) w GROUP BY 1, 2`,
  );
  await app.sql(
    `INSERT INTO knowledge_partition_statistics SELECT partition_id, configuration, count(*), sum(length)
     FROM knowledge_chunks GROUP BY 1, 2`,
  );
}
