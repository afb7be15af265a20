import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ClusterNodes } from '@/platform/cluster/index.js';
import { Log } from '@/platform/logging/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { IngestionFailure } from './extraction-process/ingestion-failure.js';
import { IngestionQueue } from './ingestion-queue.js';
import { type AbandonedVersion, IngestionRepository } from './persistence/ingestion.repository.js';
import { ReadyVersionWriter } from './ready-version-writer.js';

const INTERVAL_MS = 10_000;
const INTERRUPTED = new IngestionFailure(
  'interrupted',
  'The server was interrupted each time it processed the document. Retry it later.',
);

/**
 * Finds versions without a job: they would stay unfinished for ever. One whose job has used all its attempts has failed,
 * because the server died in each; any other is enqueued again.
 */
@Injectable()
export class IngestionRecoveryService implements OnModuleInit {
  private nextAt = 0;

  constructor(
    private readonly clusterNodes: ClusterNodes,
    private readonly versions: IngestionRepository,
    private readonly queue: IngestionQueue,
    private readonly writer: ReadyVersionWriter,
    private readonly unitOfWork: UnitOfWork,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.clusterNodes.onOrphanedWork(async () => {
      if (performance.now() < this.nextAt) return;
      this.nextAt = performance.now() + INTERVAL_MS;
      await this.recover();
    });
  }

  /** Nodes can recover the same version at the same time: its job exists once, and it fails once. */
  async recover(): Promise<void> {
    const abandoned = await this.versions.findAbandoned();
    for (const version of abandoned) await this.recoverVersion(version);
    if (abandoned.length > 0) this.log.warn('ingestion.recovered', { count: abandoned.length });
  }

  private async recoverVersion({ id, owner_key: ownerKey, exhausted }: AbandonedVersion): Promise<void> {
    if (exhausted) await this.writer.fail(id, INTERRUPTED);
    else await this.unitOfWork.run(() => this.queue.enqueue({ id, ownerKey }));
  }
}
