import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobQueue } from '@/platform/jobs/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { CHUNKS_AT_ONCE } from './persistence/chunk-change.repository.js';
import { ChunkIndexRepository } from './persistence/chunk-index.repository.js';
import { ChunkMoveRepository } from './persistence/chunk-move.repository.js';
import { ChunkStatisticsRepository } from './persistence/chunk-statistics.repository.js';

const MOVE_JOB = 'knowledge.move';
/** Documents of one job. */
const DOCUMENTS_AT_ONCE = 100;

/**
 * Brings chunks to the partition of their document when it moves to other readers. Who may read it, and which statistics count
 * it, changes at once. Its chunks, whose keys in the index are written again, are found by their words when they have arrived.
 */
@Injectable()
export class ChunkMoveService implements OnModuleInit {
  constructor(
    private readonly chunks: ChunkIndexRepository,
    private readonly moves: ChunkMoveRepository,
    private readonly statistics: ChunkStatisticsRepository,
    private readonly jobs: JobQueue,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  onModuleInit(): void {
    this.jobs.registerHandler(MOVE_JOB, (payload) =>
      this.follow((payload as { document_ids: string[] }).document_ids),
    );
  }

  /**
   * Moves the chunks of documents to another partition, those of long documents in jobs: a request does not wait for them. The
   * caller has locked the documents, and updates them afterwards in the same transaction.
   */
  async move(documentIds: readonly string[], partitionId: string): Promise<void> {
    const change = await this.moves.recount(documentIds, partitionId);
    await this.bring(documentIds, partitionId);
    await this.statistics.add(change);
    await this.moves.lockPartitions([...change.left_ids, partitionId]);
  }

  /** Brings the chunks of documents to a partition that is counted already, the first ones at once. */
  async bring(documentIds: readonly string[], partitionId: string): Promise<void> {
    if ((await this.moves.move(documentIds, partitionId)) < CHUNKS_AT_ONCE) return;
    const ids = await this.moves.findElsewhere(documentIds, partitionId);
    const jobs: { payload: unknown; serialKey: string }[] = [];
    for (let from = 0; from < ids.length; from += DOCUMENTS_AT_ONCE)
      jobs.push({
        payload: { document_ids: ids.slice(from, from + DOCUMENTS_AT_ONCE) },
        serialKey: ids[from] ?? '',
      });
    if (jobs.length > 0) await this.jobs.enqueueEach(MOVE_JOB, jobs);
  }

  /** Brings all chunks of documents to the partitions of these, in batches. Runs outside of transactions. */
  async follow(documentIds: readonly string[]): Promise<void> {
    const followSome = async (): Promise<number> => {
      await this.chunks.lock(documentIds);
      return this.moves.follow(documentIds);
    };
    while ((await this.unitOfWork.run(followSome)) === CHUNKS_AT_ONCE);
  }
}
