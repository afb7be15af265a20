import { Injectable } from '@nestjs/common';
import { toOwner } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/index.js';
import { requestContext } from '@/platform/context/index.js';
import { toSnippet } from '@/platform/search/index.js';
import { SOURCE_KINDS } from '../persistence/search-index-sql.js';
import { displayTitle } from '../title.rules.js';
import type { SearchQuery } from './dto/search.query.js';
import type { SearchResponse, SearchResult } from './dto/search.responses.js';
import { type SearchHit, SearchHitRepository } from './persistence/search-hit.repository.js';
import { RankingService } from './ranking.service.js';
import { SearchQueue } from './search-queue.js';

/** Searches the conversations, messages and notes of a user or an API key. */
@Injectable()
export class SearchService {
  constructor(
    private readonly ranking: RankingService,
    private readonly hits: SearchHitRepository,
    private readonly queue: SearchQueue,
  ) {}

  /** Throws `overloaded` when too many searches are waiting. */
  search(actor: Actor, query: SearchQuery): Promise<SearchResponse> {
    return this.queue.run(requestContext.caller, () => this.runSearch(actor, query));
  }

  private async runSearch(actor: Actor, { q, limit, type }: SearchQuery): Promise<SearchResponse> {
    const owner = toOwner(actor);
    const kinds = type === undefined ? SOURCE_KINDS : [type];
    const ranking = await this.ranking.rank(owner, q, { kinds, limit });
    if (!ranking || ranking.total === 0) return { query: q, total: 0, results: [] };
    const scores = new Map(ranking.rows.map(({ id, score }) => [id, score]));
    const rows = await this.hits.findHits(owner, [...scores.keys()], ranking.highlight);
    const results = rows.map((row) =>
      toSearchResult(row, scores.get(row.id) ?? 0, ranking.highlight.rarestWords),
    );
    return { query: q, total: ranking.total, results };
  }
}

function toSearchResult(row: SearchHit, score: number, words: readonly string[]): SearchResult {
  const { id, kind, conversation_id, title, beginning, part, highlight, created_at } = row;
  return {
    type: kind,
    id,
    conversation_id,
    title: displayTitle(title, beginning),
    snippet: toSnippet(part, highlight, words),
    score: Math.round(score * 10_000) / 10_000,
    created_at: created_at.toISOString(),
  };
}
