import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { ModelFailure } from '@/modules/ai/index.js';
import { type Embedding, EmbeddingsClient } from '@/modules/knowledge/embeddings/embeddings-client.js';
import { Metrics } from '@/platform/health/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Log } from '@/platform/logging/index.js';
import { CircuitBreaker } from '../circuit-breaker.js';

const TIMEOUT_MS = 2_000;

/** Embeds queries. A failure of the server is counted, and the search goes on without vectors. */
@Injectable()
export class QueryEmbedder {
  private readonly breaker: CircuitBreaker;
  private readonly outcomes: Counter;

  constructor(
    private readonly client: EmbeddingsClient,
    clock: Clock,
    private readonly log: Log,
    { registry }: Metrics,
  ) {
    this.breaker = new CircuitBreaker(clock);
    this.outcomes = new Counter({
      name: 'xentree_vector_searches_total',
      help: 'Searches by meaning, by outcome: done, failed, timed out, or skipped after failures.',
      labelNames: ['outcome'],
      registers: [registry],
    });
  }

  get model(): string | undefined {
    return this.client.model;
  }

  /** Returns null when there is no vector, for whatever reason. */
  async embed(text: string): Promise<Embedding> {
    if (this.breaker.isOpen) {
      this.count('skipped');
      return null;
    }
    try {
      const embedding = await this.client.embedQuery(text, TIMEOUT_MS);
      this.breaker.recordSuccess();
      return embedding;
    } catch (error) {
      if (!(error instanceof ModelFailure)) throw error;
      this.handleFailure(error);
      return null;
    }
  }

  count(outcome: 'done' | 'failed' | 'timed_out' | 'skipped'): void {
    this.outcomes.inc({ outcome });
  }

  private handleFailure({ kind, reason }: ModelFailure): void {
    this.count(kind === 'timed_out' ? 'timed_out' : 'failed');
    this.log.warn('knowledge.query_embedding_failed', { reason });
    this.breaker.recordFailure();
  }
}
