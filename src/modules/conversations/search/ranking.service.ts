import { Injectable } from '@nestjs/common';
import type { Owner } from '@/modules/organizations/index.js';
import { type RankedEntry, RankingRepository, type RankOptions } from './persistence/ranking.repository.js';
import type { HighlightQuery } from './persistence/search-hit.repository.js';
import { buildQueryPlan, scopeLexeme } from './search.rules.js';

export interface Ranking {
  rows: RankedEntry[];
  highlight: HighlightQuery;
  total: number;
}

/** Ranks the entries of an owner by their relevance to a query. */
@Injectable()
export class RankingService {
  constructor(private readonly ranking: RankingRepository) {}

  /** Returns null for a query that has only stop words or no words. */
  async rank(owner: Owner, question: string, options: RankOptions): Promise<Ranking | null> {
    const scope = scopeLexeme(owner.userId, owner.organizationId);
    const statistics = await this.ranking.loadTermStatistics(owner, question, options.kinds, scope);
    const plan = buildQueryPlan(scope, statistics);
    if (!plan) return null;
    const rows = await this.ranking.rank(owner, statistics, plan, options);
    return {
      rows,
      highlight: { query: plan.anyQuery, rarestWords: plan.rarestWords },
      total: rows[0]?.total ?? 0,
    };
  }
}
