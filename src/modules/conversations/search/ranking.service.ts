import { Injectable } from '@nestjs/common';
import type { Owner } from '@/modules/organizations/index.js';
import { type Ranked, RankingRepository, type RankOptions } from './persistence/ranking.repository.js';
import type { Sought } from './persistence/search-hit.repository.js';
import { planOf, scopeLexeme } from './search.rules.js';

export interface Ranking {
  rows: Ranked[];
  sought: Sought;
  total: number;
}

/** Orders what an owner can see by how much it says about a question. */
@Injectable()
export class RankingService {
  constructor(private readonly ranking: RankingRepository) {}

  /** Null when the question has no words that mean anything. */
  async rank(owner: Owner, question: string, options: RankOptions): Promise<Ranking | null> {
    const scope = scopeLexeme(owner.userId, owner.organizationId);
    const survey = await this.ranking.survey(owner, question, options.kinds, scope);
    const plan = planOf(scope, survey);
    if (!plan) return null;
    const rows = await this.ranking.rank(owner, survey, plan, options);
    return { rows, sought: { query: plan.any, rarest: plan.rarest }, total: rows[0]?.total ?? 0 };
  }
}
