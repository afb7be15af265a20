import type { KnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import { readerParameters } from '@/modules/knowledge/access/persistence/readable-partitions.js';
import {
  documentFilterParameters,
  documentFilterSql,
  searchedVisibilities,
} from '@/modules/knowledge/retrieval/persistence/search-filters.js';
import type { KnowledgeQuery } from '@/modules/knowledge/retrieval/retrieval.js';

/**
 * The embedded versions `e` in the partitions `readable` that match all filters: what follows FROM. `$4` searched visibilities,
 * `$5` model, `$6` to `$10` filters.
 */
export const CANDIDATES_SQL = `readable r JOIN knowledge_documents d ON d.partition_id = r.id
    JOIN knowledge_embedded_versions e ON e.document_id = d.id AND e.model = $5
    WHERE r.visibility = ANY($4::text[]) AND ${documentFilterSql(6)}`;

/** Returns `$1` to `$10` of a statement with {@link CANDIDATES_SQL}. */
export function candidateParameters(
  reader: KnowledgeReader,
  query: KnowledgeQuery,
  model: string,
): unknown[] {
  return [
    ...readerParameters(reader, query.conversationId),
    searchedVisibilities(query),
    model,
    ...documentFilterParameters(query.filters),
  ];
}
