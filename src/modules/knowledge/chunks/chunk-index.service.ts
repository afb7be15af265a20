import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobQueue } from '@/platform/jobs/index.js';
import { newId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { toSearchConfiguration } from '@/platform/search/index.js';
import { ChunkMoveService } from './chunk-move.service.js';
import type { IndexedVersion, NewChunk, RetitledDocument, StagedVersion } from './chunks.rules.js';
import { CHUNKS_AT_ONCE } from './persistence/chunk-change.repository.js';
import { ChunkIndexRepository, type ChunkRow } from './persistence/chunk-index.repository.js';
import { ChunkStatisticsRepository } from './persistence/chunk-statistics.repository.js';

/** Chunks of one statement. */
const BATCH_SIZE = 200;

const RETITLE_JOB = 'knowledge.retitle';

/**
 * Keeps chunks, their lexemes and the statistics of their partitions in agreement. Methods that change what readers find join the
 * transaction of their caller. Each locks the documents, changes the chunks, and then locks the statistics of the partitions
 * until that transaction ends. So a caller locks documents before, and rows of partitions after.
 */
@Injectable()
export class ChunkIndexService implements OnModuleInit {
  private readonly replacedHandlers: ((version: IndexedVersion) => Promise<void>)[] = [];
  private readonly retitledHandlers: ((document: RetitledDocument) => Promise<void>)[] = [];

  constructor(
    private readonly chunks: ChunkIndexRepository,
    private readonly statistics: ChunkStatisticsRepository,
    private readonly moves: ChunkMoveService,
    private readonly jobs: JobQueue,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  onModuleInit(): void {
    this.jobs.registerHandler(RETITLE_JOB, async (payload) => {
      const { document_id: documentId } = payload as { document_id: string };
      while (await this.unitOfWork.run(() => this.retitleSome(documentId)));
    });
  }

  /** Registers a handler that runs in the transaction which replaces the chunks of a document. */
  onReplaced(handler: (version: IndexedVersion) => Promise<void>): void {
    this.replacedHandlers.push(handler);
  }

  /** Registers a handler that runs in each transaction which brings another title into chunks of a document. */
  onRetitled(handler: (document: RetitledDocument) => Promise<void>): void {
    this.retitledHandlers.push(handler);
  }

  /** Deletes the chunks that an earlier attempt has staged, or a version that was given up. */
  discard(versionId: string): Promise<void> {
    return this.chunks.discard(versionId);
  }

  /**
   * Inserts chunks of a version, which readers do not find before {@link replace}. Returns false when the version is not processed
   * any more. Needs no transaction: what a crash leaves is discarded by the next attempt.
   */
  async stage(version: StagedVersion, chunks: readonly NewChunk[]): Promise<boolean> {
    const configuration = toSearchConfiguration(version.language);
    for (let from = 0; from < chunks.length; from += BATCH_SIZE) {
      const rows = chunks.slice(from, from + BATCH_SIZE).map(toRow);
      if (!(await this.chunks.stage(version, configuration, rows))) return false;
    }
    return true;
  }

  /**
   * Replaces all chunks of a document by those that were staged for a version. The caller has locked the document, and names the
   * version in it afterwards. Throws when some of the staged chunks are gone.
   */
  replace(version: IndexedVersion): Promise<void> {
    return this.unitOfWork.run(async () => {
      const change = await this.chunks.replace(version);
      if (change.added !== version.chunkCount)
        throw new Error(`${change.added} of ${version.chunkCount} chunks were staged.`);
      await this.statistics.add(change);
      await this.moves.bring([version.id], version.partitionId);
      for (const handler of this.replacedHandlers) await handler(version);
    });
  }

  /** See {@link ChunkMoveService.move}. */
  move(documentIds: readonly string[], partitionId: string): Promise<void> {
    return this.unitOfWork.run(async () => {
      await this.chunks.lock(documentIds);
      await this.moves.move(documentIds, partitionId);
    });
  }

  /** Brings the staged chunks of a document to where it has moved to, before they are found. See {@link ChunkMoveService.follow}. */
  follow(documentId: string): Promise<void> {
    return this.moves.follow([documentId]);
  }

  /** Removes the chunks of documents. Call it before the documents are deleted, or the statistics would still count them. */
  remove(documentIds: readonly string[]): Promise<void> {
    return this.unitOfWork.run(async () => {
      await this.chunks.lock(documentIds);
      await this.statistics.add(await this.chunks.delete(documentIds));
    });
  }

  /**
   * Brings the title of a document into the context of its chunks. Call it after the update of the document. The chunks of a
   * long document follow in a job: a request does not wait for them.
   */
  retitle(documentId: string): Promise<void> {
    return this.unitOfWork.run(async () => {
      if (await this.retitleSome(documentId)) await this.retitleLater(documentId);
    });
  }

  /** Like {@link retitle}, with all chunks in a job. */
  async retitleLater(documentId: string): Promise<void> {
    const key = `${RETITLE_JOB}/${documentId}`;
    await this.jobs.enqueue(RETITLE_JOB, { document_id: documentId }, { key, serialKey: documentId });
  }

  /** Returns whether there can be more chunks with another title. */
  private async retitleSome(documentId: string): Promise<boolean> {
    await this.chunks.lock([documentId]);
    const change = await this.chunks.retitle(documentId);
    await this.statistics.add(change);
    const { reworded } = change;
    const isComplete = reworded < CHUNKS_AT_ONCE;
    for (const handler of this.retitledHandlers) await handler({ id: documentId, reworded, isComplete });
    return !isComplete;
  }
}

function toRow(chunk: NewChunk): ChunkRow {
  const { ordinal, start, end, parentStart, parentEnd, page, headingPath, context, content } = chunk;
  return {
    id: newId(),
    ordinal,
    start_offset: start,
    end_offset: end,
    parent_start: parentStart,
    parent_end: parentEnd,
    page,
    heading_path: headingPath,
    context,
    content,
  };
}
