import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'prom-client';
import type { IngestionStage } from '@/modules/knowledge/knowledge.rules.js';
import { Metrics } from '@/platform/health/index.js';
import { IngestionRepository } from './persistence/ingestion.repository.js';

/** Metrics of the ingestion: how much waits, how long the stages take, and how it ends. */
@Injectable()
export class IngestionMetrics {
  private readonly stages: Histogram;
  private readonly outcomes: Counter;

  constructor(versions: IngestionRepository, { registry }: Metrics) {
    const registers = [registry];
    this.stages = new Histogram({
      name: 'xentree_ingestion_stage_duration_seconds',
      help: 'Duration of the stages of an ingestion.',
      labelNames: ['stage'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
      registers,
    });
    this.outcomes = new Counter({
      name: 'xentree_ingestions_total',
      help: 'Ingestions that are over, by outcome: ready, or the code of the failure.',
      labelNames: ['outcome'],
      registers,
    });
    const queue: Gauge = new Gauge({
      name: 'xentree_ingestion_queue_length',
      help: 'Versions of documents that wait or are processed.',
      labelNames: ['status'],
      registers,
      collect: async () => {
        const { queued, processing } = await versions.countUnfinished();
        queue.set({ status: 'queued' }, queued);
        queue.set({ status: 'processing' }, processing);
      },
    });
  }

  observeStage(stage: IngestionStage, seconds: number): void {
    this.stages.observe({ stage }, seconds);
  }

  /** Counts the end of an ingestion: `ready`, or the code of a failure. */
  countOutcome(outcome: string): void {
    this.outcomes.inc({ outcome });
  }
}
