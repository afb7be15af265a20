import { Module, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { ChunkIndexService } from '@/modules/knowledge/chunks/chunk-index.service.js';
import { ChunksModule } from '@/modules/knowledge/chunks/chunks.module.js';
import { JobQueue } from '@/platform/jobs/index.js';
import { BackfillService } from './backfill.service.js';
import { EmbeddingQueue } from './embedding-queue.js';
import { BACKFILL_JOB, type BackfillInput, EMBEDDING_JOB } from './embedding.rules.js';
import { EmbeddingService } from './embedding.service.js';
import { EmbeddingsClient } from './embeddings-client.js';
import { EmbeddingRepository } from './persistence/embedding.repository.js';

/** Vectors of documents, made by jobs where a model is configured. */
@Module({
  imports: [ChunksModule],
  providers: [BackfillService, EmbeddingQueue, EmbeddingRepository, EmbeddingService, EmbeddingsClient],
  exports: [EmbeddingQueue, EmbeddingsClient],
})
export class EmbeddingsModule implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly jobs: JobQueue,
    private readonly queue: EmbeddingQueue,
    private readonly service: EmbeddingService,
    private readonly backfill: BackfillService,
    private readonly client: EmbeddingsClient,
    private readonly chunkIndex: ChunkIndexService,
  ) {}

  onModuleInit(): void {
    this.chunkIndex.onRetitled((document) => this.queue.handleRetitled(document));
    if (this.client.model === undefined) return;
    this.jobs.registerHandler(
      EMBEDDING_JOB,
      (payload, { signal }) =>
        this.service.embedVersion((payload as { version_id: string }).version_id, signal),
      'embedding',
    );
    this.jobs.registerHandler(
      BACKFILL_JOB,
      (payload, { signal }) => this.backfill.run(payload as BackfillInput, signal),
      'embedding',
    );
    this.chunkIndex.onReplaced(({ versionId, partitionId }) => this.queue.enqueue(versionId, partitionId));
    this.jobs.registerHourly(() => this.queue.enqueueBackfill());
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.queue.enqueueBackfill();
  }
}
