import { Injectable } from '@nestjs/common';
import { Log } from '@/platform/logging/index.js';
import { EmbeddingQueue } from './embedding-queue.js';
import type { BackfillInput } from './embedding.rules.js';
import { EmbeddingService } from './embedding.service.js';
import { EmbeddingsClient } from './embeddings-client.js';
import { EmbeddingRepository } from './persistence/embedding.repository.js';

/** Versions of one job: the jobs of new documents run between two of them. */
const VERSIONS_PER_JOB = 10;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** Embeds the versions that have no vectors of the configured model: older ones, and all of them after the model was changed. */
@Injectable()
export class BackfillService {
  constructor(
    private readonly client: EmbeddingsClient,
    private readonly embeddings: EmbeddingRepository,
    private readonly service: EmbeddingService,
    private readonly queue: EmbeddingQueue,
    private readonly log: Log,
  ) {}

  /**
   * Embeds the next versions after an id, and queues the rest. A version that fails is left out until the next backfill. Throws
   * when all fail: the server is not available.
   */
  async run(input: BackfillInput, signal: AbortSignal): Promise<void> {
    const { model, after } = input;
    if (model !== this.client.model) return this.queue.postponeBackfill(input);
    const ids = await this.embeddings.findMissing(model, after ?? FIRST_ID, VERSIONS_PER_JOB);
    let failures = 0;
    for (const id of ids) {
      try {
        await this.service.embedVersion(id, signal);
      } catch (error) {
        failures += 1;
        if (signal.aborted || (failures === ids.length && failures > 1)) throw error;
        this.log.warn('embeddings.version_failed', { version: id, message: String(error) });
      }
    }
    if (ids.length === VERSIONS_PER_JOB) await this.queue.enqueueBackfill(ids.at(-1));
  }
}
