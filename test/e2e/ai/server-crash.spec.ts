import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScriptedUpstream } from '@scripts/fake-provider.js';
import { Reader } from '@test/support/ai/stream-reader.js';
import { type SseEvent, shownBy } from '@test/support/ai/ai-app.js';
import { SECRET } from '@test/support/app/test-app.js';
import { cloneDatabase, type TestDatabase } from '@test/support/database/databases.js';
import { PASSWORD } from '@test/support/auth/given-users.js';
import { builtMain, type Env, eventually, ServerProcess } from '@test/support/app/server-process.js';

const LONG = { tokens: 2000, delayMs: 10 };

describe('a server that dies while it writes an answer', () => {
  let upstream: ScriptedUpstream;
  let database: TestDatabase;
  let folder: string;

  beforeAll(async () => {
    builtMain();
    upstream = await ScriptedUpstream.start({ kind: 'openai' });
    database = await cloneDatabase();
    folder = mkdtempSync(join(tmpdir(), 'xentree-ai-'));
    chmodSync(folder, 0o755);
  }, 180_000);
  afterEach(() => ServerProcess.killAll());
  afterAll(async () => {
    await upstream.stop();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  function envOf(more: Env): Env {
    return { OPENAI_COMPATIBLE_FIRST_BASE_URL: upstream.url, OPENAI_COMPATIBLE_FIRST_MODELS: 'm', ...more };
  }

  function shared(): Env {
    return envOf({ DATABASE_URL: database.url, APP_SECRET: SECRET });
  }

  async function tokenOn(server: ServerProcess, username: string): Promise<string> {
    await server.post('/api/auth/register', {
      ...{ username, email: `${username}@example.com`, password: PASSWORD },
    });
    const answer = await server.login(username, PASSWORD);
    expect(answer.status).toBe(200);
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  async function conversationOn(server: ServerProcess, token: string): Promise<string> {
    const answer = await server.post('/api/core/conversations', {}, token);
    return ((await answer.json()) as { id: string }).id;
  }

  function generating(server: ServerProcess, token: string, body: object): Promise<Reader> {
    const asked = { message: 'Hello there', stream: true, ...body };
    return Reader.open(`${server.base}/api/ai/generate`, { token, body: asked });
  }

  async function rest(
    server: ServerProcess,
    token: string,
    reader: Reader,
    after: number,
  ): Promise<SseEvent[]> {
    const url = `${server.base}/api/ai/generations/${reader.generationId}/events`;
    return (await Reader.open(url, { token, lastEventId: after })).all();
  }

  it.each(['an embedded database', 'a shared database'])(
    'leaves an honest error behind with %s, and the conversation takes the next turn',
    async (kind) => {
      const env = kind === 'a shared database' ? shared() : envOf({ DATA_DIR: join(folder, 'data') });
      const killed = await ServerProcess.start(env);
      const username = kind.replaceAll(' ', '-');
      const token = await tokenOn(killed, username);
      const conversation = await conversationOn(killed, token);
      upstream.script(LONG);
      const reader = await generating(killed, token, { conversation_id: conversation });
      await reader.until(80);
      killed.signal('SIGKILL');
      await killed.exited;
      const seen = await reader.all();
      expect(seen.some(({ event }) => event === 'done' || event === 'error')).toBe(false);
      await eventually(() => upstream.running === 0, 10_000);

      const successor = await ServerProcess.start(env);
      const again = (await tokenOn(successor, username)) || token;
      const last = seen.at(-1)?.id ?? 0;
      // What was on the screen may have been further than what was stored: whoever saw most must hear of it too.
      for (const after of [last, last - 1, 1, 0]) {
        const events = await rest(successor, again, reader, after);
        expect(events.at(-1)).toMatchObject({ event: 'error', data: { code: 'generation_interrupted' } });
        expect(events.filter(({ event }) => event === 'error' || event === 'done')).toHaveLength(1);
        expect(events.every(({ id }, index) => id > (events[index - 1]?.id ?? after))).toBe(true);
      }
      upstream.script({ text: 'Here I am.' });
      const next = await generating(successor, again, {
        conversation_id: conversation,
        message: 'Hello there',
      });
      expect((await next.all()).at(-1)).toMatchObject({ event: 'done', data: { content: 'Here I am.' } });
      const stored = await successor.get(`/api/core/conversations/${conversation}/messages`, again);
      const messages = (await stored.json()) as { content: string }[];
      expect(messages).toMatchObject([
        { role: 'user', content: 'Hello there' },
        { role: 'assistant', model: 'm', finish_reason: 'error', complete: false },
        { role: 'assistant', content: 'Here I am.', complete: true },
      ]);
      // What was written is kept and counted, as far as it was stored: all but the last moment.
      const fragment = messages[1]?.content ?? '';
      expect(shownBy(seen).startsWith(fragment)).toBe(true);
      expect(fragment).toBe(shownBy(await rest(successor, again, reader, 0)));
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
    const [killed, other] = await Promise.all([ServerProcess.start(shared()), ServerProcess.start(shared())]);
    const token = await tokenOn(killed, 'reads-elsewhere');
    upstream.script(LONG);
    const reader = await generating(killed, token, {});
    const [start] = await reader.until(1);
    const url = `${other.base}/api/ai/generations/${start?.data.generation_id}/events`;
    const elsewhere = await Reader.open(url, { token });
    await elsewhere.until(60);
    killed.signal('SIGKILL');
    const events = await elsewhere.all();
    expect(events.at(-1)).toMatchObject({ event: 'error', data: { code: 'generation_interrupted' } });
    expect(shownBy(await reader.all()).startsWith(shownBy(events))).toBe(true);
    other.signal('SIGTERM');
    await other.exited;
  }, 120_000);

  it('tells readers to come back when it drains, and ends what does not end by itself', async () => {
    const draining = await ServerProcess.start(shared());
    const token = await tokenOn(draining, 'drained');
    upstream.script(LONG);
    const long = await generating(draining, token, {});
    await long.until(20);
    upstream.script({ tokens: 60, hold: 20 });
    const short = await generating(draining, token, { message: 'Briefly' });
    await short.until(2);
    upstream.script({ firstByteMs: 30_000 });
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const keyed = fetch(`${draining.base}/api/ai/generate`, {
      ...{ method: 'POST', headers: { ...headers, 'idempotency-key': 'drained' } },
      body: JSON.stringify({ message: 'Whole' }),
    });
    await eventually(() => upstream.running === 3, 5000);
    draining.signal('SIGTERM');
    for (const reader of [long, short]) {
      const events = await reader.all();
      expect(events.at(-1)?.event).toBe('delta');
      expect(reader.text).toContain('retry: ');
    }
    upstream.release();
    const answer = await keyed;
    expect([answer.status, (await answer.json()) as object]).toMatchObject([503, { code: 'overloaded' }]);
    const exit = await draining.exited;
    expect(exit).toMatchObject({ code: 0, errors: '' });
    expect(exit.out).toContain('"event":"server.stopped"'); // not when it is forced, before ten seconds are over
    expect(exit.out).not.toContain('generation_lost');

    const successor = await ServerProcess.start(shared());
    const endOf = async (reader: Reader): Promise<SseEvent | undefined> =>
      (await rest(successor, token, reader, reader.events.length)).at(-1);
    expect(await endOf(long)).toMatchObject({ event: 'error', data: { code: 'generation_interrupted' } });
    expect(await endOf(short)).toMatchObject({ event: 'done', data: { finish_reason: 'stop' } });
    successor.signal('SIGTERM');
    await successor.exited;
  }, 120_000);

  it('does not lose what it has said: an answer that was done is done after the crash', async () => {
    const killed = await ServerProcess.start(shared());
    const token = await tokenOn(killed, 'done-is-done');
    const conversation = await conversationOn(killed, token);
    upstream.script({ text: ['All ', 'of ', 'it.'], delayMs: 2 });
    const reader = await generating(killed, token, { conversation_id: conversation });
    await eventually(() => reader.text.includes('event: done'), 10_000);
    killed.signal('SIGKILL');
    await killed.exited;
    const successor = await ServerProcess.start(shared());
    const events = await rest(successor, token, reader, 0);
    expect(events).toEqual(reader.events);
    const stored = await successor.get(`/api/core/conversations/${conversation}/messages`, token);
    expect(await stored.json()).toMatchObject([{ role: 'user' }, { content: 'All of it.', complete: true }]);
    successor.signal('SIGTERM');
    await successor.exited;
  }, 120_000);
});
