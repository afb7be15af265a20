import { Injectable } from '@nestjs/common';
import type { RetitledDocument } from '@/modules/knowledge/chunks/chunks.rules.js';
import { JobQueue } from '@/platform/jobs/index.js';
import { BACKFILL_JOB, type BackfillInput, EMBEDDING_JOB } from './embedding.rules.js';
import { EmbeddingsClient } from './embeddings-client.js';
import { EmbeddingRepository } from './persistence/embedding.repository.js';

/** After these the hourly backfill embeds the version. */
const ATTEMPTS = 8;
const POSTPONEMENT_SECONDS = 1;
const MAX_POSTPONEMENTS = 600;

/** Queues the embedding of documents. Without a model it queues nothing. */
@Injectable()
export class EmbeddingQueue {
  constructor(
    private readonly jobs: JobQueue,
    private readonly client: EmbeddingsClient,
    private readonly embeddings: EmbeddingRepository,
  ) {}

  /** Queues a version in the transaction that makes it ready. Partitions take turns. */
  async enqueue(versionId: string, partitionId: string): Promise<void> {
    if (this.client.model === undefined) return;
    await this.jobs.enqueue(
      EMBEDDING_JOB,
      { version_id: versionId },
      { attempts: ATTEMPTS, key: `embedding/${versionId}`, serialKey: partitionId },
    );
  }

  /** Marks the vectors of a document whose chunks have another title. Once all of them have it, they are embedded again. */
  async handleRetitled({ id, reworded, isComplete }: RetitledDocument): Promise<void> {
    if (reworded > 0) await this.embeddings.markOutdated(id);
    const version = isComplete ? await this.embeddings.findReadable(id) : undefined;
    if (version) await this.enqueue(version.id, version.partitionId);
  }

  /** Queues the search for versions without vectors of the configured model. It is queued once. */
  async enqueueBackfill(after: string | null = null): Promise<void> {
    const { model } = this.client;
    if (model !== undefined) await this.addBackfill({ model, after, postponements: 0 });
  }

  /** Queues a backfill again that a node with another model has got. It is dropped when there is no node with its model. */
  async postponeBackfill({ postponements, ...rest }: BackfillInput): Promise<void> {
    if (postponements >= MAX_POSTPONEMENTS) return;
    await this.addBackfill({ ...rest, postponements: postponements + 1 }, POSTPONEMENT_SECONDS);
  }

  private async addBackfill(input: BackfillInput, delay = 0): Promise<void> {
    await this.jobs.enqueue(BACKFILL_JOB, input, {
      attempts: ATTEMPTS,
      delay,
      key: `${BACKFILL_JOB}/${input.model}`,
    });
  }
}
