import { Injectable } from '@nestjs/common';
import { JobQueue } from '@/platform/jobs/index.js';
import { NotificationBus } from '@/platform/persistence/index.js';
import { INGESTION_JOB, JOB_KEY_PREFIX, STOPPED_TOPIC } from './ingestion.rules.js';

/** Five attempts: a document that the server itself cannot process fails after about a minute. */
const ATTEMPTS = 5;

export interface QueuedVersion {
  id: string;
  /** Names the owner of the document: an owner has one ingestion at a time. */
  ownerKey: string;
}

/** Queues versions of documents for ingestion. */
@Injectable()
export class IngestionQueue {
  constructor(
    private readonly jobs: JobQueue,
    private readonly bus: NotificationBus,
  ) {}

  /**
   * Queues a version in the transaction of the caller. Owners take turns.
   */
  async enqueue({ id, ownerKey }: QueuedVersion): Promise<void> {
    await this.jobs.enqueue(
      INGESTION_JOB,
      { version_id: id },
      { attempts: ATTEMPTS, key: JOB_KEY_PREFIX + id, serialKey: ownerKey },
    );
  }

  /**
   * Stops the ingestion of a version on whichever process runs it, after the surrounding transaction has committed. Call it
   * before a document is deleted: a deletion waits for the transaction that makes the document ready.
   */
  async stop(versionId: string): Promise<void> {
    await this.bus.publish(STOPPED_TOPIC, versionId);
  }
}
