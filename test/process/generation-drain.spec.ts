import { FakeProvider } from '@scripts/fake-provider.js';
import { StreamReader } from '../support/ai/stream-reader.js';
import { buildServer, waitUntil, ServerProcess } from '../support/app/server-process.js';
import { TEST_APP_SECRET } from '../support/app/test-secret.js';
import { PASSWORD } from '../support/auth/given-users.js';
import { cloneDatabase, type TestDatabase } from '../support/database/databases.js';

/** Remaining connections are closed by force after this time. */
const FORCED_CLOSE_MS = 6_000;
const LONG_ANSWER = { tokens: 2000, delayMs: 10 };

describe('a server that drains while clients wait for answers', () => {
  let fakeProvider: FakeProvider;
  let database: TestDatabase;
  let server: ServerProcess;
  let token: string;

  beforeAll(async () => {
    buildServer();
    fakeProvider = await FakeProvider.start({ kind: 'openai' });
    database = await cloneDatabase();
  });
  beforeEach(async () => {
    server = await ServerProcess.start({
      ...{ OPENAI_COMPATIBLE_FIRST_BASE_URL: fakeProvider.url, OPENAI_COMPATIBLE_FIRST_MODELS: 'm' },
      ...{ DATABASE_URL: database.url, APP_SECRET: TEST_APP_SECRET },
    });
    await server.post('/api/auth/register', {
      ...{ username: 'ada', email: 'ada@example.com', password: PASSWORD },
    });
    const response = await server.login('ada', PASSWORD);
    token = ((await response.json()) as { access_token: string }).access_token;
  });
  afterEach(() => ServerProcess.killAll());
  afterAll(async () => {
    await fakeProvider.stop();
    await database.drop();
  });

  /** Returns the milliseconds from the start of the drain to the end, according to the log of the server. */
  async function measureDrain(): Promise<number> {
    server.signal('SIGTERM');
    const { code, out } = await server.exited;
    expect(code).toBe(0);
    const [began, ended] = ['server.draining', 'server.stopped'].map((event) => {
      const line = out.split('\n').find((one) => one.includes(`"event":"${event}"`)) ?? '{}';
      return Date.parse((JSON.parse(line) as { time: string }).time);
    });
    return (ended ?? NaN) - (began ?? NaN);
  }

  it('does not wait for the connection of a stream that was told to reconnect', async () => {
    fakeProvider.script(LONG_ANSWER);
    // `fetch` keeps the connection alive.
    const reading = await server.post('/api/ai/generate', { message: 'Hello there', stream: true }, token);
    const text = reading.text();
    expect(await measureDrain()).toBeLessThan(FORCED_CLOSE_MS);
    expect(await text).toContain('retry: ');
  });

  it('returns a retryable error to a client that waits for a whole answer', async () => {
    fakeProvider.script({ firstByteMs: 30_000 });
    const response = server.post('/api/ai/generate', { message: 'Hello there' }, token);
    await waitUntil(() => fakeProvider.runningRequests === 1, 5_000);
    await measureDrain();
    expect((await response).status).toBe(503);
    expect(await (await response).json()).toMatchObject({ code: 'overloaded' });
  });

  it('answers HEAD of a running stream', async () => {
    fakeProvider.script({ tokens: 20, hold: 10 });
    const reader = await StreamReader.open(`${server.baseUrl}/api/ai/generate`, {
      ...{ token, body: { message: 'Hello there', stream: true } },
    });
    await reader.waitForEvents(2);
    const events = `${server.baseUrl}/api/ai/generations/${reader.generationId}/events`;
    const { status, headers } = await fetch(events, {
      ...{ method: 'HEAD', headers: { authorization: `Bearer ${token}` } },
    });
    expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    await measureDrain();
  });
});
