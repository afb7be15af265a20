import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '@/platform/jobs/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { MINUTE } from '@/platform/kernel/durations.js';
import { newId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { ReindexResponse, SearchStatusResponse } from './dto/search.responses.js';
import type { ReindexRun } from './persistence/reindex-run.entity.js';
import { ReindexRepository } from './persistence/reindex.repository.js';
import { REINDEX_STAGES } from './search.rules.js';

const JOB = 'search.reindex';
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';
/** A run that has not moved for so long was given up. */
const STALE = 15 * MINUTE;

/** Rebuilds the search index in the background: a job that goes on where it was, whoever takes it up. */
@Injectable()
export class Reindexing implements OnModuleInit {
  constructor(
    private readonly runs: ReindexRepository,
    private readonly jobs: Jobs,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.handle(JOB, (payload) => this.work((payload as { run_id: string }).run_id));
  }

  async start(): Promise<ReindexResponse> {
    const runId = newId();
    const started = await this.unitOfWork.run(async () => {
      const won = await this.runs.begin(runId, this.clock.now(), this.clock.after(-STALE));
      if (won) await this.jobs.enqueue(JOB, { run_id: runId });
      return won;
    });
    return { status: started ? 'started' : 'already_running' };
  }

  async status(): Promise<SearchStatusResponse> {
    const [{ documents, newest_at, searchable }, run] = await Promise.all([
      this.runs.state(),
      this.runs.last(),
    ]);
    const instants = [newest_at, run?.finished_at].flatMap((at) => (at ? [at.toISOString()] : []));
    return {
      status: searchable ? (run?.failed_reason ? 'degraded' : 'ok') : 'down',
      backend: 'postgresql',
      documents,
      last_indexed_at: instants.sort().at(-1) ?? null,
      reindex_in_progress: run !== null && run.finished_at === null,
      reindex: run && progressOf(run),
    };
  }

  private async work(runId: string): Promise<void> {
    try {
      await this.runs.count(runId);
      while (await this.unitOfWork.run(() => this.step(runId)));
    } catch (error) {
      await this.runs
        .fail(runId, 'The database gave up on a batch. It is tried again.')
        .catch(() => undefined);
      throw error;
    }
  }

  /** One batch, committed with how far it came. False when the run is over. */
  private async step(runId: string): Promise<boolean> {
    const run = await this.runs.hold(runId);
    if (!run || run.stage === 'finished') return false;
    const { stage, after } = run;
    const from = after ?? BEFORE_ALL;
    const batch = stage === 'orphan' ? await this.runs.sweep(from) : await this.runs.rewrite(stage, from);
    const done = stage === 'orphan' ? 0 : batch.count;
    const next = REINDEX_STAGES[REINDEX_STAGES.indexOf(stage) + 1] ?? 'finished';
    const place = batch.count > 0 ? { stage, after: batch.last } : { stage: next, after: null };
    await this.runs.advance(runId, place, done, this.clock.now());
    return true;
  }
}

function progressOf(run: ReindexRun): SearchStatusResponse['reindex'] {
  const { total, done, started_at, finished_at, failed_reason } = run;
  const times = { started_at: started_at.toISOString(), finished_at: finished_at?.toISOString() ?? null };
  return { total, done, ...times, failed_reason };
}
