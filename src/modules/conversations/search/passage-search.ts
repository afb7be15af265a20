import { Injectable } from '@nestjs/common';
import type { Owner } from '@/modules/organizations/index.js';
import { requestContext } from '@/platform/context/index.js';
import { displayTitle } from '../title.rules.js';
import { SearchHitRepository } from './persistence/search-hit.repository.js';
import { RankingService } from './ranking.service.js';
import { SearchQueue } from './search-queue.js';

export interface Passage {
  type: 'note' | 'message';
  id: string;
  conversationId: string | null;
  title: string;
  /** At most 20,000 characters. */
  content: string;
  score: number;
}

export interface PassageOptions {
  limit: number;
  /** Leaves out the last user message of this conversation, which is the question itself. */
  excludeLastUserMessageOf?: string | null;
}

const PASSAGE_KINDS = ['note', 'message'] as const;

/** Finds notes and messages of an owner that an answer can quote. */
@Injectable()
export class PassageSearch {
  constructor(
    private readonly ranking: RankingService,
    private readonly hits: SearchHitRepository,
    private readonly queue: SearchQueue,
  ) {}

  /**
   * Returns passages, the most relevant first. Leaves out answers of the provider `local`, which consist of quotations.
   * Throws `overloaded` when too many searches are waiting.
   */
  find(owner: Owner, question: string, options: PassageOptions): Promise<Passage[]> {
    return this.queue.run(requestContext.caller, () => this.search(owner, question, options));
  }

  private async search(owner: Owner, question: string, options: PassageOptions): Promise<Passage[]> {
    const { limit, excludeLastUserMessageOf = null } = options;
    const quotable = { excludeLastUserMessageOf };
    const ranking = await this.ranking.rank(owner, question, { kinds: PASSAGE_KINDS, limit, quotable });
    if (!ranking) return [];
    const scores = new Map(ranking.rows.map(({ id, score }) => [id, score]));
    const rows = await this.hits.findPassages(owner, [...scores.keys()]);
    return rows.map(({ id, kind, conversation_id, title, content }) => ({
      type: kind === 'note' ? 'note' : 'message',
      id,
      conversationId: conversation_id,
      title: displayTitle(title, content),
      content,
      score: scores.get(id) ?? 0,
    }));
  }
}
