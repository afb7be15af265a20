import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { IngestionStage } from '@/modules/knowledge/knowledge.rules.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Log } from '@/platform/logging/index.js';
import { NotificationBus } from '@/platform/persistence/index.js';
import { IngestionStopped } from './extraction-process/ingestion-failure.js';
import { IngestionMetrics } from './ingestion-metrics.js';
import { CHANGED_TOPIC, STOPPED_TOPIC } from './ingestion.rules.js';
import { type ClaimedVersion, IngestionRepository } from './persistence/ingestion.repository.js';

/** How often a running ingestion checks that its version is still wanted: a notification can be lost. */
const CHECK_INTERVAL_MS = 2_000;
/** Progress is written at most this often, except for the beginning of a stage. */
const PROGRESS_INTERVAL_MS = 500;

/** Knows the ingestions that this process runs, stops them, and reports their progress. */
@Injectable()
export class IngestionTracker implements OnModuleInit {
  private readonly running = new Map<string, TrackedIngestion>();

  constructor(
    private readonly versions: IngestionRepository,
    private readonly bus: NotificationBus,
    private readonly metrics: IngestionMetrics,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.bus.subscribe(STOPPED_TOPIC, (versionId) => this.running.get(versionId)?.stop());
  }

  /** Runs `work`, which ends early when the signal of the ingestion is aborted. `shutdown` aborts it too. */
  async run(
    version: ClaimedVersion,
    shutdown: AbortSignal,
    work: (ingestion: TrackedIngestion) => Promise<void>,
  ): Promise<void> {
    const ingestion = new TrackedIngestion(
      version,
      (stage, percent) => this.report(version, stage, percent),
      this.metrics,
    );
    const stop = (): void => ingestion.stop();
    shutdown.addEventListener('abort', stop, { once: true });
    const timer = setInterval(() => void this.check(ingestion), CHECK_INTERVAL_MS);
    this.running.set(version.id, ingestion);
    try {
      await work(ingestion);
    } finally {
      ingestion.finish();
      this.running.delete(version.id);
      clearInterval(timer);
      shutdown.removeEventListener('abort', stop);
    }
  }

  private async report(version: ClaimedVersion, stage: IngestionStage, percent: number): Promise<void> {
    const { id, document_id: documentId } = version;
    if (!(await this.versions.reportProgress(id, stage, percent, this.clock.now())))
      throw new IngestionStopped();
    await this.bus.publish(CHANGED_TOPIC, documentId);
  }

  private async check(ingestion: TrackedIngestion): Promise<void> {
    try {
      if (!(await this.versions.isCurrent(ingestion.version.id))) ingestion.stop();
    } catch (error) {
      this.log.warn('ingestion.check_failed', { message: String(error) });
    }
  }
}

/** An ingestion that this process runs. */
export class TrackedIngestion {
  private readonly controller = new AbortController();
  private stage: IngestionStage = 'extracting';
  private stageStartedAt = performance.now();
  private reportedAt = 0;

  constructor(
    readonly version: ClaimedVersion,
    private readonly write: (stage: IngestionStage, percent: number) => Promise<void>,
    private readonly metrics: IngestionMetrics,
  ) {}

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  stop(): void {
    this.controller.abort();
  }

  /** Throws {@link IngestionStopped} when the version is not processed any more. */
  async report(stage: IngestionStage, percent: number): Promise<void> {
    const now = performance.now();
    if (stage === this.stage && now - this.reportedAt < PROGRESS_INTERVAL_MS) return;
    if (stage !== this.stage) this.finish();
    this.stage = stage;
    this.reportedAt = now;
    await this.write(stage, percent);
  }

  /** Measures the present stage, which is over. */
  finish(): void {
    const now = performance.now();
    this.metrics.observeStage(this.stage, (now - this.stageStartedAt) / 1000);
    this.stageStartedAt = now;
  }
}
