import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Counter } from 'prom-client';
import { connectJsonClient, type JsonClient, ModelFailure } from '@/modules/ai/index.js';
import { Config } from '@/platform/config/index.js';
import { Metrics } from '@/platform/health/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Log } from '@/platform/logging/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { CircuitBreaker } from './circuit-breaker.js';
import type { KnowledgeHit } from './retrieval.js';

const TIMEOUT_MS = 2_000;
const MAX_TEXT_CHARACTERS = 4_000;

/** Hits that are ranked again. */
export const RERANKED_HITS = 50;

/** Ranks hits by a model that reads the query together with each text, where one is configured. */
@Injectable()
export class Reranker implements OnApplicationShutdown {
  private readonly breaker: CircuitBreaker;
  private readonly outcomes: Counter;
  private client: Promise<JsonClient> | undefined;

  constructor(
    private readonly config: Config,
    private readonly clock: Clock,
    private readonly unitOfWork: UnitOfWork,
    private readonly log: Log,
    { registry }: Metrics,
  ) {
    this.breaker = new CircuitBreaker(clock);
    this.outcomes = new Counter({
      name: 'xentree_reranks_total',
      help: 'Rerankings of search results, by outcome: done, failed, timed out, or skipped after failures.',
      labelNames: ['outcome'],
      registers: [registry],
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await (await this.client)?.close();
  }

  get isConfigured(): boolean {
    return this.config.retrievalModels.rerank !== undefined;
  }

  /** Returns the hits in the order of the model and with its scores; as they are when the model is not available in time. */
  async rank(query: string, hits: KnowledgeHit[]): Promise<KnowledgeHit[]> {
    if (!this.isConfigured || hits.length < 2) return hits;
    if (this.breaker.isOpen) {
      this.outcomes.inc({ outcome: 'skipped' });
      return hits;
    }
    try {
      const scores = await this.requestScores(query, hits.map(toText));
      this.breaker.recordSuccess();
      this.outcomes.inc({ outcome: 'done' });
      return hits
        .map((hit, index) => ({ ...hit, score: scores[index] ?? 0 }))
        .sort((one, other) => other.score - one.score);
    } catch (error) {
      if (!(error instanceof ModelFailure)) throw error;
      this.handleFailure(error);
      return hits;
    }
  }

  private async requestScores(query: string, documents: string[]): Promise<number[]> {
    this.unitOfWork.assertNoTransaction();
    const { rerank: settings } = this.config.retrievalModels;
    if (!settings) throw new Error('No model for reranking is configured.');
    this.client ??= connectJsonClient(settings, this.config.ai, this.clock);
    const body = {
      model: settings.model,
      query,
      documents,
      top_n: documents.length,
      return_documents: false,
    };
    const answer = await (await this.client).post('/rerank', body, { timeoutMs: TIMEOUT_MS });
    return readScores(answer, documents.length);
  }

  private handleFailure({ kind, reason }: ModelFailure): void {
    this.breaker.recordFailure();
    this.outcomes.inc({ outcome: kind === 'timed_out' ? 'timed_out' : 'failed' });
    this.log.warn('knowledge.rerank_failed', { reason });
  }
}

function toText({ title, headingPath, content }: KnowledgeHit): string {
  return [title, ...headingPath, content].join('\n').slice(0, MAX_TEXT_CHARACTERS).toWellFormed();
}

/** Throws a {@link ModelFailure} unless the answer has one score for each text. */
function readScores(answer: unknown, count: number): number[] {
  const results = (answer as { results?: unknown } | null)?.results;
  if (!Array.isArray(results)) throw new ModelFailure('malformed_answer');
  const scores = new Map<unknown, number>();
  for (const item of results as unknown[]) {
    const { index, relevance_score: score } = (item ?? {}) as { index?: unknown; relevance_score?: unknown };
    if (typeof score !== 'number' || !Number.isFinite(score)) throw new ModelFailure('malformed_answer');
    scores.set(index, score);
  }
  return Array.from({ length: count }, (_, index) => {
    const score = scores.get(index);
    if (score === undefined) throw new ModelFailure('malformed_answer');
    return score;
  });
}
