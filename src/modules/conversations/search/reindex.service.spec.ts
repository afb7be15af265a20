import { parseConfig } from '@/platform/config/index.js';
import type { JobQueue } from '@/platform/jobs/index.js';
import type { UnitOfWork } from '@/platform/persistence/index.js';
import { TestClock } from '@test/support/app/test-clock.js';
import type { ReindexRun } from './persistence/reindex-run.entity.js';
import type { ReindexBatch, ReindexRepository } from './persistence/reindex.repository.js';
import { ReindexService } from './reindex.service.js';

const NIL = '00000000-0000-0000-0000-000000000000';
const STARTED = new Date('2026-05-01T10:00:00.000Z');
const RUN: ReindexRun = {
  id: true,
  run_id: 'run',
  stage: 'conversation',
  after: null,
  total: null,
  done: 0,
  started_at: STARTED,
  progressed_at: STARTED,
  finished_at: null,
  failed_reason: null,
  server_major: 18,
  words_version: 3,
};

const RUN_OF_JOB = { attempt: 1, attempts: 12, signal: new AbortController().signal };

/** An index in memory: a run, and the batches that each stage still has. */
class ReindexFixture {
  run: ReindexRun | null = { ...RUN };
  index = { documents: 3, newest_at: null as Date | null, searchable: true, outdated: false };
  batches: Partial<Record<string, ReindexBatch[]>> = {};
  error: Error | undefined;
  acquired = true;
  readonly calls: string[] = [];
  readonly enqueued: unknown[] = [];
  readonly service: ReindexService;
  runJob: (payload: object) => Promise<void> = () => Promise.resolve();

  constructor(env: Record<string, string> = {}) {
    const jobs: Pick<JobQueue, 'registerHandler' | 'enqueue'> = {
      registerHandler: (_name, handler) => void (this.runJob = (payload) => handler(payload, RUN_OF_JOB)),
      enqueue: (_name, payload) => Promise.resolve(void this.enqueued.push(payload)),
    };
    const unitOfWork: Pick<UnitOfWork, 'run'> = { run: (work) => work() };
    this.service = new ReindexService(
      this.repository() as ReindexRepository,
      jobs as JobQueue,
      unitOfWork as UnitOfWork,
      new TestClock(),
      parseConfig({ NODE_ENV: 'test', ...env }),
    );
    this.service.onModuleInit();
  }

  private next(stage: string, after: string): Promise<ReindexBatch> {
    this.calls.push(`${stage} after ${after === NIL ? 'nothing' : after}`);
    if (this.error) return Promise.reject(this.error);
    return Promise.resolve(this.batches[stage]?.shift() ?? { count: 0, last: null });
  }

  private repository() {
    const methods: Pick<
      ReindexRepository,
      | 'begin'
      | 'lock'
      | 'advance'
      | 'countSources'
      | 'fail'
      | 'reindexBatch'
      | 'deleteOrphans'
      | 'getIndexState'
      | 'findLastRun'
    > = {
      begin: () => Promise.resolve(this.acquired),
      lock: (runId) => Promise.resolve(this.run?.run_id === runId ? this.run : undefined),
      advance: (_runId, cursor, done) => {
        if (this.run) this.run = { ...this.run, ...cursor, done: this.run.done + done };
        return Promise.resolve();
      },
      countSources: () => Promise.resolve(void this.calls.push('count')),
      fail: (_runId, reason) => {
        if (this.run) this.run = { ...this.run, failed_reason: reason };
        return Promise.resolve();
      },
      reindexBatch: (kind, after) => this.next(kind, after),
      deleteOrphans: (after) => this.next('orphan', after),
      getIndexState: () => Promise.resolve(this.index),
      findLastRun: () => Promise.resolve(this.run),
    };
    return methods;
  }
}

describe('the rebuild of the search index', () => {
  let fixture: ReindexFixture;

  beforeEach(() => {
    fixture = new ReindexFixture();
  });

  it('starts as a job, unless another one is running', async () => {
    expect(await fixture.service.start()).toEqual({ status: 'started' });
    expect(fixture.enqueued).toEqual([{ run_id: expect.any(String) }]);
    fixture.acquired = false;
    expect(await fixture.service.start()).toEqual({ status: 'already_running' });
    expect(fixture.enqueued).toHaveLength(1);
  });

  it('processes each stage in batches until one is empty', async () => {
    fixture.batches = {
      conversation: [
        { count: 200, last: 'c200' },
        { count: 1, last: 'c201' },
      ],
      note: [{ count: 7, last: 'n7' }],
      orphan: [{ count: 50, last: 'o50' }],
    };
    await fixture.runJob({ run_id: 'run' });
    expect(fixture.calls).toEqual([
      'count',
      'conversation after nothing',
      'conversation after c200',
      'conversation after c201',
      'message after nothing',
      'note after nothing',
      'note after n7',
      'orphan after nothing',
      'orphan after o50',
    ]);
    expect(fixture.run).toMatchObject({ stage: 'finished', after: null, done: 208 });
  });

  it('continues at the last batch after a crash', async () => {
    fixture.run = { ...RUN, stage: 'note', after: 'n100', done: 500 };
    await fixture.runJob({ run_id: 'run' });
    expect(fixture.calls).toEqual(['count', 'note after n100', 'orphan after nothing']);
    expect(fixture.run.done).toBe(500);
  });

  it('does nothing for a run that another one has replaced, or that is finished', async () => {
    await fixture.runJob({ run_id: 'old' });
    fixture.run = { ...RUN, stage: 'finished' };
    await fixture.runJob({ run_id: 'run' });
    expect(fixture.calls).toEqual(['count', 'count']);
  });

  it('records a failure and rethrows it, so that the job is retried', async () => {
    fixture.error = new Error('connection lost');
    await expect(fixture.runJob({ run_id: 'run' })).rejects.toBe(fixture.error);
    expect(fixture.run?.failed_reason).toBe('A batch failed in the database. It will be retried.');
  });
});

describe('the status of the search index', () => {
  const FINISHED = new Date('2026-05-01T10:05:00.000Z');

  it.each([
    ['ok without a run', true, null, 'ok', false],
    ['ok during a run', true, RUN, 'ok', true],
    ['ok after a run', true, { ...RUN, finished_at: FINISHED }, 'ok', false],
    ['degraded after a failure', true, { ...RUN, failed_reason: 'x' }, 'degraded', true],
    ['down without an index', false, null, 'down', false],
    ['down without an index after a failure', false, { ...RUN, failed_reason: 'x' }, 'down', true],
  ])('is %s', async (_name, searchable, run, status, reindex_in_progress) => {
    const fixture = new ReindexFixture();
    fixture.index.searchable = searchable;
    fixture.run = run;
    expect(await fixture.service.status()).toMatchObject({ status, reindex_in_progress, documents: 3 });
  });

  it.each([
    ['the newest entry', FINISHED, STARTED, FINISHED],
    ['the last run', STARTED, FINISHED, FINISHED],
    ['nothing', null, null, null],
    ['the only one there is', null, STARTED, STARTED],
  ])('is dated by %s', async (_name, newest_at, finished_at, expected) => {
    const fixture = new ReindexFixture();
    fixture.index.newest_at = newest_at;
    fixture.run = { ...RUN, finished_at };
    const { last_indexed_at } = await fixture.service.status();
    expect(last_indexed_at).toBe(expected?.toISOString() ?? null);
  });

  it('says whether documents are found by meaning, too', async () => {
    const settings = {
      EMBEDDINGS_BASE_URL: 'http://models.test:8080',
      EMBEDDINGS_MODEL: 'bge-m3',
      RERANK_BASE_URL: 'http://models.test:8080',
    };
    const lexical = await new ReindexFixture().service.status();
    expect(lexical.knowledge).toEqual({ retrieval: 'lexical', embeddings_model: null, reranks: false });
    const hybrid = await new ReindexFixture(settings).service.status();
    expect(hybrid.knowledge).toEqual({ retrieval: 'hybrid', embeddings_model: 'bge-m3', reranks: true });
  });
});
