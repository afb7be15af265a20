import { ClusterNodes } from '@/platform/cluster/index.js';
import { SecretBox } from '@/platform/crypto/index.js';
import { Metrics } from '@/platform/health/index.js';
import { JobQueue } from '@/platform/jobs/index.js';
import { JobWorkers } from '@/platform/jobs/job-workers.js';
import { Log } from '@/platform/logging/index.js';
import { Database, UnitOfWork } from '@/platform/persistence/index.js';
import { waitUntil } from '../support/app/server-process.js';
import { TestApp } from '../support/app/test-app.js';

describe('job lanes', () => {
  let app: TestApp;
  let queue: JobQueue;
  let release: () => void;
  const executed: string[] = [];

  beforeAll(async () => {
    app = await TestApp.start();
    const { nest } = app;
    queue = new JobQueue(nest.get(UnitOfWork), nest.get(SecretBox));
    const blocked = new Promise<void>((resolve) => (release = resolve));
    queue.registerHandler('ingestion.blocked', () => blocked, 'ingestion');
    queue.registerHandler('ingestion.owned', async (name) => void executed.push(name as string), 'ingestion');
    queue.registerHandler('mail.blocked', async (name) => void executed.push(name as string), 'mail');
    const workers = new JobWorkers(
      queue,
      nest.get(Database),
      nest.get(UnitOfWork),
      nest.get(ClusterNodes),
      nest.get(Log),
      nest.get(Metrics),
    );
    await workers.onApplicationBootstrap();
  });
  afterAll(() => app.stop());
  afterEach(() => void (executed.length = 0));

  const countJobs = async (condition: string): Promise<number> =>
    (await app.sql(`SELECT FROM graphile_worker.jobs WHERE ${condition}`)).length;

  it('run mail while a job of another lane does not end, and owners take turns', async () => {
    await queue.enqueue('ingestion.blocked', null, { attempts: 1 });
    await waitUntil(async () => (await countJobs('locked_by IS NOT NULL')) === 1, 5_000);
    const [worker] = await app.sql<{ alive: boolean }>(
      `SELECT EXISTS (SELECT FROM nodes n WHERE n.worker_pool = j.locked_by) AS alive
       FROM graphile_worker.jobs j WHERE locked_by IS NOT NULL`,
    );
    expect(worker).toEqual({ alive: true });
    await queue.enqueue('mail.blocked', 'mail');
    await waitUntil(() => executed.length === 1, 5_000);
    for (const name of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1'])
      await queue.enqueue('ingestion.owned', name, { serialKey: name.slice(0, 1) });
    expect(executed).toEqual(['mail']);
    release();
    await waitUntil(() => executed.length === 7, 10_000);
    const turns = [executed.slice(1, 4), executed.slice(4, 6), executed.slice(6)];
    expect(turns.map((turn) => turn.sort())).toEqual([['a1', 'b1', 'c1'], ['a2', 'b2'], ['a3']]);
  });

  it('wake up their workers at once', async () => {
    const delays: number[] = [];
    for (let count = 1; count <= 20; count += 1) {
      const startedAt = performance.now();
      await queue.enqueue('ingestion.owned', 'x', { serialKey: 'x' });
      await waitUntil(() => executed.length === count, 5_000);
      delays.push(performance.now() - startedAt);
    }
    expect(delays.sort((a, b) => a - b)[10]).toBeLessThan(500);
  });

  it('replace a job that has not started by one with the same key', async () => {
    for (const name of ['first', 'second'])
      await queue.enqueue('mail.blocked', name, { delay: 1, key: 'one' });
    await waitUntil(() => executed.length > 0, 10_000);
    expect(executed).toEqual(['second']);
    await queue.settle('mail.');
  });
});
