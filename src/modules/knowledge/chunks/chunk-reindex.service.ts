import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { JobQueue } from '@/platform/jobs/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { ChunkIndexRepository } from './persistence/chunk-index.repository.js';
import { ChunkReindexRepository } from './persistence/chunk-reindex.repository.js';
import { ChunkStatisticsRepository } from './persistence/chunk-statistics.repository.js';

const REINDEX_JOB = 'knowledge.reindex';

/**
 * Rebuilds the lexemes of all chunks in a background job when another major version of PostgreSQL, or another version of the
 * server, has written them: the stemmers differ, so words of a query would not find their chunks.
 */
@Injectable()
export class ChunkReindexService implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly progress: ChunkReindexRepository,
    private readonly chunks: ChunkIndexRepository,
    private readonly statistics: ChunkStatisticsRepository,
    private readonly jobs: JobQueue,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  onModuleInit(): void {
    this.jobs.registerHandler(REINDEX_JOB, () => this.rebuild());
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.unitOfWork.run(async () => {
      if (await this.progress.begin()) await this.jobs.enqueue(REINDEX_JOB, {}, { key: REINDEX_JOB });
    });
  }

  private async rebuild(): Promise<void> {
    while (await this.unitOfWork.run(() => this.rebuildBatch()));
  }

  /** Rewrites one batch and stores the progress in the same transaction. Returns false when the index is up to date. */
  private async rebuildBatch(): Promise<boolean> {
    const run = await this.progress.lock();
    if (!run) return false;
    const batch = await this.progress.nextBatch(run.after);
    const last = batch.at(-1);
    if (!last) {
      await this.progress.finish();
      return false;
    }
    const documentIds = [...new Set(batch.map(({ document_id }) => document_id))];
    await this.chunks.lock(documentIds);
    await this.statistics.add(await this.chunks.reword(batch.map(({ id }) => id)));
    await this.progress.advance(last.id);
    return true;
  }
}
