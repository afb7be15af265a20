import { UnitOfWork } from '@/platform/persistence/index.js';
import { MemoryLog } from '../support/app/memory-log.js';
import { waitUntil } from '../support/app/server-process.js';
import { type TestResponse, TestApp } from '../support/app/test-app.js';
import { givenUser, type TestUser } from '../support/auth/given-users.js';
import { FaultyDatabaseProxy } from '../support/database/faulty-database-proxy.js';

const BACK_WITHIN_MS = 10_000;

describe('a database whose connections fall silent', () => {
  let direct: TestApp;
  let proxy: FaultyDatabaseProxy;
  let app: TestApp;
  let user: TestUser;
  const log = new MemoryLog();

  beforeAll(async () => {
    direct = await TestApp.start();
    proxy = await FaultyDatabaseProxy.start(direct.databaseUrl);
    app = await TestApp.start({ env: { DATABASE_URL: proxy.url }, siblingOf: direct, log });
    user = await givenUser(app);
    await Promise.all(Array.from({ length: 12 }, createNote)); // opens the connections of the pool
  });
  afterAll(async () => {
    await app.stop();
    await direct.stop();
    await proxy.close();
  });

  function createNote(): Promise<TestResponse> {
    return app.post('/api/core/notes', { title: 'note', content: 'text' }, { token: user.accessToken });
  }

  /** Sends requests, several at once, until one succeeds. Returns the statuses and the milliseconds. */
  async function createUntilWhole(): Promise<{ statuses: number[]; ms: number }> {
    const start = performance.now();
    const statuses: number[] = [];
    while (!statuses.includes(201) && performance.now() - start < 2 * BACK_WITHIN_MS) {
      const responses = await Promise.all([createNote(), createNote(), createNote(), createNote()]);
      for (const { status, headers, body } of responses) {
        statuses.push(status);
        if (status === 503) expect([headers['retry-after'], body.code]).toEqual(['5', 'overloaded']);
      }
    }
    return { statuses, ms: performance.now() - start };
  }

  async function waitUntilReady(isReady: boolean, withinMs: number): Promise<void> {
    await waitUntil(async () => ((await app.get('/health/ready')).status === 200) === isReady, withinMs);
  }

  it('replaces them, and answers again within ten seconds', async () => {
    proxy.silencePresent();
    const { statuses, ms } = await createUntilWhole();
    expect(ms).toBeLessThan(BACK_WITHIN_MS);
    expect(statuses.filter((status) => status !== 201 && status !== 503)).toEqual([]);
    await waitUntilReady(true, BACK_WITHIN_MS);
    const responses = await Promise.all(Array.from({ length: 24 }, createNote));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([201]));
  });

  it('becomes ready again without any request', async () => {
    proxy.silencePresent();
    await waitUntilReady(false, 3_000);
    await waitUntilReady(true, BACK_WITHIN_MS);
    expect((await createNote()).status).toBe(201);
  });

  it('says within two seconds that it is not ready when no connection works, and refuses requests', async () => {
    proxy.silenceAll();
    const refused = createNote();
    await waitUntilReady(false, 2_000);
    const { status, headers } = await refused;
    expect([status, headers['retry-after']]).toEqual([503, '5']);
    for (let times = 0; times < 3; times += 1)
      expect((await app.get('/health/ready')).body).toMatchObject({ checks: { database: false } });
    proxy.acceptNew();
    const { ms } = await createUntilWhole();
    expect(ms).toBeLessThan(BACK_WITHIN_MS);
    await waitUntilReady(true, BACK_WITHIN_MS);
  });

  it('writes one line a second without a database, and no stacks', async () => {
    proxy.silenceAll();
    await waitUntilReady(false, 2_000);
    log.lines.length = 0;
    const start = performance.now();
    const responses = await Promise.all(Array.from({ length: 100 }, createNote));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([503]));
    const seconds = (performance.now() - start) / 1000;
    const lines = log.lines.filter((line) => !line.includes('http.request'));
    expect(lines.filter((line) => line.includes('database.unavailable')).length).toBeLessThan(seconds + 2);
    expect(lines.length).toBeLessThan(5 * seconds + 10); // heartbeats, the listener and jobs say so too
    expect(lines.filter((line) => line.includes('"stack"'))).toEqual([]);
    proxy.acceptNew();
    await waitUntilReady(true, BACK_WITHIN_MS);
  });

  it('ends the transactions of lost connections, with their locks', async () => {
    const unitOfWork = app.nest.get(UnitOfWork);
    const lock = { name: 'test.lock', text: 'SELECT id FROM users WHERE username = $1 FOR UPDATE' };
    const transaction = unitOfWork.run(async () => {
      await unitOfWork.query(lock, [user.username]);
      proxy.silencePresent();
      await unitOfWork.query(lock, [user.username]);
    });
    await expect(transaction).rejects.toThrow(/Connection terminated/);
    const start = performance.now();
    await direct.sql('UPDATE users SET email = email WHERE username = $1', [user.username]);
    expect(performance.now() - start).toBeLessThan(BACK_WITHIN_MS);
  });

  it('lets a slow statement run on', async () => {
    const unitOfWork = app.nest.get(UnitOfWork);
    const start = performance.now();
    await unitOfWork.query({ name: 'test.sleep', text: 'SELECT pg_sleep(4)' }, []);
    expect(performance.now() - start).toBeGreaterThan(3_900);
  });
});
