import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeProvider } from '@scripts/fake-provider.js';
import { type SseEvent, displayedText } from '../support/ai/ai-app.js';
import { StreamReader } from '../support/ai/stream-reader.js';
import { buildServer, type ServerEnv, waitUntil, ServerProcess } from '../support/app/server-process.js';
import { TEST_APP_SECRET } from '../support/app/test-secret.js';
import { PASSWORD } from '../support/auth/given-users.js';
import { cloneDatabase, type TestDatabase } from '../support/database/databases.js';

const LONG_ANSWER = { tokens: 2000, delayMs: 10 };

describe('a server that dies while it writes an answer', () => {
  let fakeProvider: FakeProvider;
  let database: TestDatabase;
  let folder: string;

  beforeAll(async () => {
    buildServer();
    fakeProvider = await FakeProvider.start({ kind: 'openai' });
    database = await cloneDatabase();
    folder = mkdtempSync(join(tmpdir(), 'xentree-ai-'));
    chmodSync(folder, 0o755);
  });
  afterEach(() => ServerProcess.killAll());
  afterAll(async () => {
    await fakeProvider.stop();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  function serverEnv(more: ServerEnv): ServerEnv {
    return {
      OPENAI_COMPATIBLE_FIRST_BASE_URL: fakeProvider.url,
      OPENAI_COMPATIBLE_FIRST_MODELS: 'm',
      ...more,
    };
  }

  function sharedDatabaseEnv(): ServerEnv {
    return serverEnv({ DATABASE_URL: database.url, APP_SECRET: TEST_APP_SECRET });
  }

  async function registerAndLogIn(server: ServerProcess, username: string): Promise<string> {
    await server.post('/api/auth/register', {
      ...{ username, email: `${username}@example.com`, password: PASSWORD },
    });
    const response = await server.login(username, PASSWORD);
    expect(response.status).toBe(200);
    return ((await response.json()) as { access_token: string }).access_token;
  }

  async function createConversation(server: ServerProcess, token: string): Promise<string> {
    const response = await server.post('/api/core/conversations', {}, token);
    return ((await response.json()) as { id: string }).id;
  }

  function openStream(server: ServerProcess, token: string, body: object): Promise<StreamReader> {
    const asked = { message: 'Hello there', stream: true, ...body };
    return StreamReader.open(`${server.baseUrl}/api/ai/generate`, { token, body: asked });
  }

  async function readRemainingEvents(
    server: ServerProcess,
    token: string,
    reader: StreamReader,
    after: number,
  ): Promise<SseEvent[]> {
    const url = `${server.baseUrl}/api/ai/generations/${reader.generationId}/events`;
    return (await StreamReader.open(url, { token, lastEventId: after })).waitForEnd();
  }

  it.each(['an embedded database', 'a shared database'])(
    'leaves an honest error behind with %s, and the conversation takes the next turn',
    async (kind) => {
      const env =
        kind === 'a shared database' ? sharedDatabaseEnv() : serverEnv({ DATA_DIR: join(folder, 'data') });
      const killed = await ServerProcess.start(env);
      const username = kind.replaceAll(' ', '-');
      const token = await registerAndLogIn(killed, username);
      const conversation = await createConversation(killed, token);
      fakeProvider.script(LONG_ANSWER);
      const reader = await openStream(killed, token, { conversation_id: conversation });
      await reader.waitForEvents(80);
      killed.signal('SIGKILL');
      await killed.exited;
      const seen = await reader.waitForEnd();
      expect(seen.some(({ event }) => event === 'done' || event === 'error')).toBe(false);
      await waitUntil(() => fakeProvider.runningRequests === 0, 10_000);

      const successor = await ServerProcess.start(env);
      const again = (await registerAndLogIn(successor, username)) || token;
      const last = seen.at(-1)?.id ?? 0;
      // A client may have received more events than were stored; it must receive the error as well.
      for (const after of [last, last - 1, 1, 0]) {
        const events = await readRemainingEvents(successor, again, reader, after);
        expect(events.at(-1)).toMatchObject({ event: 'error', data: { code: 'generation_interrupted' } });
        expect(events.filter(({ event }) => event === 'error' || event === 'done')).toHaveLength(1);
        expect(events.every(({ id }, index) => id > (events[index - 1]?.id ?? after))).toBe(true);
      }
      fakeProvider.script({ text: 'Here I am.' });
      const next = await openStream(successor, again, {
        conversation_id: conversation,
        message: 'Hello there',
      });
      expect((await next.waitForEnd()).at(-1)).toMatchObject({
        event: 'done',
        data: { content: 'Here I am.' },
      });
      const stored = await successor.get(`/api/core/conversations/${conversation}/messages`, again);
      const messages = (await stored.json()) as { content: string }[];
      expect(messages).toMatchObject([
        { role: 'user', content: 'Hello there' },
        { role: 'assistant', model: 'm', finish_reason: 'error', complete: false },
        { role: 'assistant', content: 'Here I am.', complete: true },
      ]);
      // What was written is kept and counted, as far as it was stored: all but the last moment.
      const fragment = messages[1]?.content ?? '';
      expect(displayedText(seen).startsWith(fragment)).toBe(true);
      expect(fragment).toBe(displayedText(await readRemainingEvents(successor, again, reader, 0)));
      const usage = await (await successor.get('/api/ai/usage', again)).json();
      expect(usage).toMatchObject({
        models: [{ requests: 2, output_tokens: Math.ceil(fragment.length / 4) + 1 }],
      });
      successor.signal('SIGTERM');
      expect(await successor.exited).toMatchObject({ code: 0 });
    },
    120_000,
  );

  it('is survived by readers on the other process, who hear of it within seconds', async () => {
    const [killed, other] = await Promise.all([
      ServerProcess.start(sharedDatabaseEnv()),
      ServerProcess.start(sharedDatabaseEnv()),
    ]);
    const token = await registerAndLogIn(killed, 'reads-elsewhere');
    fakeProvider.script(LONG_ANSWER);
    const reader = await openStream(killed, token, {});
    const [start] = await reader.waitForEvents(1);
    const url = `${other.baseUrl}/api/ai/generations/${start?.data.generation_id}/events`;
    const elsewhere = await StreamReader.open(url, { token });
    await elsewhere.waitForEvents(60);
    killed.signal('SIGKILL');
    const events = await elsewhere.waitForEnd();
    expect(events.at(-1)).toMatchObject({ event: 'error', data: { code: 'generation_interrupted' } });
    expect(displayedText(await reader.waitForEnd()).startsWith(displayedText(events))).toBe(true);
    other.signal('SIGTERM');
    await other.exited;
  });

  it('tells readers to come back when it drains, and ends what does not end by itself', async () => {
    const draining = await ServerProcess.start(sharedDatabaseEnv());
    const token = await registerAndLogIn(draining, 'drained');
    fakeProvider.script(LONG_ANSWER);
    const long = await openStream(draining, token, {});
    await long.waitForEvents(20);
    fakeProvider.script({ tokens: 60, hold: 20 });
    const short = await openStream(draining, token, { message: 'Briefly' });
    await short.waitForEvents(2);
    fakeProvider.script({ firstByteMs: 30_000 });
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const keyed = fetch(`${draining.baseUrl}/api/ai/generate`, {
      ...{ method: 'POST', headers: { ...headers, 'idempotency-key': 'drained' } },
      body: JSON.stringify({ message: 'Whole' }),
    });
    await waitUntil(() => fakeProvider.runningRequests === 3, 5000);
    draining.signal('SIGTERM');
    for (const reader of [long, short]) {
      const events = await reader.waitForEnd();
      expect(events.at(-1)?.event).toBe('delta');
      expect(reader.text).toContain('retry: ');
    }
    fakeProvider.releaseHeld();
    const response = await keyed;
    expect([response.status, (await response.json()) as object]).toMatchObject([503, { code: 'overloaded' }]);
    const exit = await draining.exited;
    expect(exit).toMatchObject({ code: 0, errors: '' });
    expect(exit.out).toContain('"event":"server.stopped"'); // not when it is forced, before ten seconds are over
    expect(exit.out).not.toContain('generation_lost');

    const successor = await ServerProcess.start(sharedDatabaseEnv());
    const endOf = async (reader: StreamReader): Promise<SseEvent | undefined> =>
      (await readRemainingEvents(successor, token, reader, reader.events.length)).at(-1);
    expect(await endOf(long)).toMatchObject({ event: 'error', data: { code: 'generation_interrupted' } });
    expect(await endOf(short)).toMatchObject({ event: 'done', data: { finish_reason: 'stop' } });
    successor.signal('SIGTERM');
    await successor.exited;
  });

  it('does not lose what it has said: an answer that was done is done after the crash', async () => {
    const killed = await ServerProcess.start(sharedDatabaseEnv());
    const token = await registerAndLogIn(killed, 'done-is-done');
    const conversation = await createConversation(killed, token);
    fakeProvider.script({ text: ['All ', 'of ', 'it.'], delayMs: 2 });
    const reader = await openStream(killed, token, { conversation_id: conversation });
    await waitUntil(() => reader.text.includes('event: done'), 10_000);
    killed.signal('SIGKILL');
    await killed.exited;
    const successor = await ServerProcess.start(sharedDatabaseEnv());
    const events = await readRemainingEvents(successor, token, reader, 0);
    expect(events).toEqual(reader.events);
    const stored = await successor.get(`/api/core/conversations/${conversation}/messages`, token);
    expect(await stored.json()).toMatchObject([{ role: 'user' }, { content: 'All of it.', complete: true }]);
    successor.signal('SIGTERM');
    await successor.exited;
  });
});
