import { Injectable } from '@nestjs/common';
import type { KnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import { requestContext } from '@/platform/context/index.js';
import { quoteLexeme, toSnippet } from '@/platform/search/index.js';
import { type FusedChunk, fuseRankings } from './fusion.js';
import { LexicalArm } from './lexical-arm.js';
import { HitRepository, type HitRow } from './persistence/hit.repository.js';
import { RERANKED_HITS, Reranker } from './reranker.js';
import { limitDocumentShares } from './retrieval-arm.js';
import type { KnowledgeHit, KnowledgeQuery, KnowledgeSearchResult } from './retrieval.js';
import { KnowledgeSearchQueue } from './search-queue.js';
import { VectorArms } from './vector-arms.js';

/** Ranked chunks of each arm that the fusion combines, as a multiple of the limit. */
const POOL_FACTOR = 4;
const MAX_HIGHLIGHTED_WORDS = 24;
/** Rankings for one request, when documents change between the ranking and the reading of its chunks. */
const MAX_RANKINGS = 4;

/** The chunks to read, the best first. */
interface Ranking {
  chunks: readonly FusedChunk[];
  total: number;
  /** Lexemes to highlight. */
  words: readonly string[];
}

/** Searches the documents that a reader may read, by words and, where vectors exist, by meaning. */
@Injectable()
export class KnowledgeSearchService {
  constructor(
    private readonly lexical: LexicalArm,
    private readonly vectors: VectorArms,
    private readonly hits: HitRepository,
    private readonly queue: KnowledgeSearchQueue,
    private readonly reranker: Reranker,
  ) {}

  /** Throws `overloaded` when too many searches are waiting. */
  search(reader: KnowledgeReader, query: KnowledgeQuery): Promise<KnowledgeSearchResult> {
    return this.queue.run(requestContext.caller, () => this.searchCurrent(reader, query));
  }

  /**
   * Ranks again when a document was replaced or moved before its chunks were read. So readers find the old version or the new one,
   * and not neither.
   */
  private async searchCurrent(
    reader: KnowledgeReader,
    query: KnowledgeQuery,
  ): Promise<KnowledgeSearchResult> {
    for (let rankings = 1; ; rankings += 1) {
      const ranking = await this.rank(reader, query);
      const hits = await this.loadHits(reader, query, ranking);
      if (hits.length < ranking.chunks.length && rankings < MAX_RANKINGS) continue;
      const { limit } = query;
      const results = this.reranker.isConfigured
        ? limitDocumentShares(await this.reranker.rank(query.query, hits), limit)
        : hits;
      return { hits: results, total: Math.max(ranking.total, results.length) };
    }
  }

  private async rank(reader: KnowledgeReader, query: KnowledgeQuery): Promise<Ranking> {
    const { limit } = query;
    const pool = Math.max(limit * POOL_FACTOR, RERANKED_HITS);
    const [lexical, vector] = await Promise.all([
      this.lexical.search(reader, query, { limit: pool, perDocument: limit }),
      this.vectors.search(reader, query, pool),
    ]);
    const fused = fuseRankings(lexical.chunks, vector);
    const chunks = this.reranker.isConfigured
      ? fused.slice(0, RERANKED_HITS)
      : limitDocumentShares(fused, limit);
    return { chunks, total: lexical.total, words: lexical.words.slice(0, MAX_HIGHLIGHTED_WORDS) };
  }

  /** Returns the chunks that the reader still may read, in their order. */
  private async loadHits(
    reader: KnowledgeReader,
    { conversationId }: KnowledgeQuery,
    { chunks, words }: Ranking,
  ): Promise<KnowledgeHit[]> {
    if (chunks.length === 0) return [];
    const anyWord = words.map(quoteLexeme).join(' | ');
    const ids = chunks.map(({ id }) => id);
    const rows = await this.hits.findHits(reader, conversationId, ids, anyWord);
    const ranked = new Map(chunks.map((chunk) => [chunk.id, chunk]));
    return rows.flatMap((row) => {
      const chunk = ranked.get(row.id);
      return chunk ? [toHit(row, chunk, words)] : [];
    });
  }
}

function toHit(row: HitRow, { score, foundBy }: FusedChunk, words: readonly string[]): KnowledgeHit {
  return {
    id: row.id,
    documentId: row.document_id,
    documentVersion: row.version,
    versionId: row.version_id,
    title: row.title,
    content: row.content,
    snippet: toSnippet(row.content, row.highlight, words),
    headingPath: row.heading_path,
    page: row.page,
    start: row.start_offset,
    end: row.end_offset,
    parentStart: row.parent_start,
    parentEnd: row.parent_end,
    score: Math.round(score * 1e6) / 1e6,
    source: row.filename,
    visibility: row.visibility,
    metadata: row.metadata,
    foundBy,
  };
}
