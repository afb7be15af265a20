import { Injectable } from '@nestjs/common';
import { ownerOf } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/actor.js';
import { shownTitle } from '../title.rules.js';
import type { SearchQuery } from './dto/search.query.js';
import type { SearchResponse, SearchResult } from './dto/search.responses.js';
import { type Finding, FindingRepository } from './persistence/search-hit.repository.js';
import { RankingService } from './ranking.service.js';
import { SearchQueue } from './search-queue.js';
import { SOURCE_KINDS } from './search.rules.js';
import { headlineOf, snippetOf } from './snippet.rules.js';

/** Search in what the caller wrote and was told. */
@Injectable()
export class SearchService {
  constructor(
    private readonly ranking: RankingService,
    private readonly sources: FindingRepository,
    private readonly queue: SearchQueue,
  ) {}

  /** Throws 503 `overloaded` where too many search already. */
  search(actor: Actor, query: SearchQuery): Promise<SearchResponse> {
    return this.queue.run(() => this.find(actor, query));
  }

  private async find(actor: Actor, { q, limit, type }: SearchQuery): Promise<SearchResponse> {
    const owner = ownerOf(actor);
    const kinds = type === undefined ? SOURCE_KINDS : [type];
    const ranking = await this.ranking.rank(owner, q, { kinds, limit });
    if (!ranking || ranking.total === 0) return { query: q, total: 0, results: [] };
    const scores = new Map(ranking.rows.map(({ id, score }) => [id, score]));
    const rows = await this.sources.findings(owner, [...scores.keys()], ranking.sought);
    const results = rows.map((row) => resultOf(row, scores.get(row.id) ?? 0, ranking.sought.rarest));
    return { query: q, total: ranking.total, results };
  }
}

function resultOf(row: Finding, score: number, words: readonly string[]): SearchResult {
  const { id, kind, conversation_id, title, beginning, created_at } = row;
  const headline =
    row.part === null ? row.headline : (headlineOf(row.part, words) ?? (row.headline.trim() || beginning));
  return {
    ...{ type: kind, id, conversation_id, title: shownTitle(title, beginning), snippet: snippetOf(headline) },
    ...{ score: Math.round(score * 10_000) / 10_000, created_at: created_at.toISOString() },
  };
}
