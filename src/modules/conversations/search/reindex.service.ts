import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { Config } from '@/platform/config/index.js';
import { JobQueue } from '@/platform/jobs/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { MINUTE } from '@/platform/kernel/durations.js';
import { newId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { ReindexResponse, SearchStatusResponse } from './dto/search.responses.js';
import type { ReindexRun } from './persistence/reindex-run.entity.js';
import { ReindexRepository } from './persistence/reindex.repository.js';
import { REINDEX_STAGES } from './search.rules.js';

const REINDEX_JOB = 'search.reindex';
const NIL_UUID = '00000000-0000-0000-0000-000000000000';
/** Seconds without progress after which a run counts as abandoned. */
const STALE_AFTER = 15 * MINUTE;

/** Rebuilds the search index in a background job. After a crash, another process continues at the last batch. */
@Injectable()
export class ReindexService implements OnModuleInit, OnApplicationBootstrap {
  constructor(
    private readonly runs: ReindexRepository,
    private readonly jobs: JobQueue,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.jobs.registerHandler(REINDEX_JOB, (payload) => this.runJob((payload as { run_id: string }).run_id));
  }

  /**
   * Rebuilds the index when another major version of PostgreSQL, whose stemmer can differ, or an earlier version of this
   * server has written it: words of a query would not find their entries.
   */
  async onApplicationBootstrap(): Promise<void> {
    if ((await this.runs.getIndexState()).outdated) await this.start();
  }

  /** Starts a rebuild unless one is running. */
  async start(): Promise<ReindexResponse> {
    const runId = newId();
    const started = await this.unitOfWork.run(async () => {
      const acquired = await this.runs.begin(runId, this.clock.now(), this.clock.after(-STALE_AFTER));
      if (acquired) await this.jobs.enqueue(REINDEX_JOB, { run_id: runId });
      return acquired;
    });
    return { status: started ? 'started' : 'already_running' };
  }

  async status(): Promise<SearchStatusResponse> {
    const [{ documents, newest_at, searchable, outdated }, run] = await Promise.all([
      this.runs.getIndexState(),
      this.runs.findLastRun(),
    ]);
    const timestamps = [newest_at, run?.finished_at].flatMap((at) => (at ? [at.toISOString()] : []));
    return {
      status: indexStatus({ searchable, outdated }, run),
      backend: 'postgresql',
      documents,
      last_indexed_at: timestamps.sort().at(-1) ?? null,
      reindex_in_progress: run !== null && run.finished_at === null,
      reindex: run && toReindexProgress(run),
      knowledge: toKnowledgeStatus(this.config.retrievalModels),
    };
  }

  private async runJob(runId: string): Promise<void> {
    try {
      await this.runs.countSources(runId);
      while (await this.unitOfWork.run(() => this.processBatch(runId)));
    } catch (error) {
      await this.runs
        .fail(runId, 'A batch failed in the database. It will be retried.')
        .catch(() => undefined);
      throw error;
    }
  }

  /** Processes one batch and stores the progress in the same transaction. Returns false when the run is over. */
  private async processBatch(runId: string): Promise<boolean> {
    const run = await this.runs.lock(runId);
    if (!run || run.stage === 'finished') return false;
    const { stage, after } = run;
    const from = after ?? NIL_UUID;
    const batch =
      stage === 'orphan' ? await this.runs.deleteOrphans(from) : await this.runs.reindexBatch(stage, from);
    const done = stage === 'orphan' ? 0 : batch.count;
    const next = REINDEX_STAGES[REINDEX_STAGES.indexOf(stage) + 1] ?? 'finished';
    const cursor = batch.last !== null ? { stage, after: batch.last } : { stage: next, after: null };
    await this.runs.advance(runId, cursor, done, this.clock.now());
    return true;
  }
}

function indexStatus(
  { searchable, outdated }: { searchable: boolean; outdated: boolean },
  run: ReindexRun | null,
): SearchStatusResponse['status'] {
  if (!searchable) return 'down';
  return outdated || run?.failed_reason ? 'degraded' : 'ok';
}

function toKnowledgeStatus({
  embeddings,
  rerank,
}: Config['retrievalModels']): SearchStatusResponse['knowledge'] {
  return {
    retrieval: embeddings ? 'hybrid' : 'lexical',
    embeddings_model: embeddings?.model ?? null,
    reranks: rerank !== undefined,
  };
}

function toReindexProgress(run: ReindexRun): SearchStatusResponse['reindex'] {
  return {
    total: run.total,
    done: run.done,
    started_at: run.started_at.toISOString(),
    finished_at: run.finished_at?.toISOString() ?? null,
    failed_reason: run.failed_reason,
  };
}
