import type { KnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import type { KnowledgeQuery } from './retrieval.js';

/** A chunk that an arm of the search found. */
export interface RankedChunk {
  id: string;
  documentId: string;
  score: number;
}

/**
 * Searches by the meaning of texts. Finds only chunks in partitions that the reader reads, which match all filters, in the
 * order of their scores. An implementation registers itself with {@link VectorArms}.
 */
export interface VectorArm {
  search(reader: KnowledgeReader, query: KnowledgeQuery, limit: number): Promise<RankedChunk[]>;
}

/** Limits each document to half of the results, unless there are no others. Keeps the order. */
export function limitDocumentShares<Chunk extends Pick<RankedChunk, 'documentId'>>(
  chunks: readonly Chunk[],
  limit: number,
): Chunk[] {
  const share = Math.ceil(limit / 2);
  const counts = new Map<string, number>();
  const places = chunks.map(({ documentId }) => {
    const count = (counts.get(documentId) ?? 0) + 1;
    counts.set(documentId, count);
    return count;
  });
  const within = chunks.filter((_, index) => (places[index] ?? 0) <= share);
  const beyond = chunks.filter((_, index) => (places[index] ?? 0) > share);
  const chosen = new Set([...within, ...beyond].slice(0, limit));
  return chunks.filter((chunk) => chosen.has(chunk));
}
