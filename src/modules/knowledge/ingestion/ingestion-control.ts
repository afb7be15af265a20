import { Injectable } from '@nestjs/common';
import { Clock } from '@/platform/kernel/clock.js';
import { IngestionFailure } from './extraction-process/ingestion-failure.js';
import { IngestionQueue, type QueuedVersion } from './ingestion-queue.js';
import { IngestionRepository } from './persistence/ingestion.repository.js';
import { ReadyVersionWriter } from './ready-version-writer.js';

const CANCELLED = new IngestionFailure('cancelled', 'The processing was cancelled.');

/** Cancels and retries the ingestion of versions. The caller has authorized the actor. */
@Injectable()
export class IngestionControl {
  constructor(
    private readonly versions: IngestionRepository,
    private readonly queue: IngestionQueue,
    private readonly writer: ReadyVersionWriter,
    private readonly clock: Clock,
  ) {}

  /** Returns false when the version is over. */
  async cancel(versionId: string): Promise<boolean> {
    if (!(await this.writer.fail(versionId, CANCELLED))) return false;
    await this.queue.stop(versionId);
    return true;
  }

  /** Queues a failed version again, in the transaction of the caller. Returns false when it has not failed, or is not the latest. */
  async retry(version: QueuedVersion): Promise<boolean> {
    if (!(await this.versions.requeue(version.id, this.clock.now()))) return false;
    await this.queue.enqueue(version);
    return true;
  }
}
