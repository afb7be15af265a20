import type { Server } from 'node:http';
import { promisify } from 'node:util';
import { expectHonest } from '@test/support/ai/provider-faults.js';
import { Reader } from '@test/support/ai/stream-reader.js';
import {
  type AiApp,
  generate,
  givenAiApp,
  type SseEvent,
  eventsOf,
  shownBy,
  stream,
} from '@test/support/ai/ai-app.js';
import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus, givenUser } from '@test/support/auth/given-users.js';
import { NO_IDS } from '@test/support/organizations/given-organizations.js';
import { eventually } from '@test/support/app/server-process.js';

const SLOW = { tokens: 400, delayMs: 15 };

describe('reading along', () => {
  let ai: AiApp;
  /** Another process of the same installation. */
  let beside: TestApp;
  let base: string;
  let besideBase: string;
  let token: string;

  beforeAll(async () => {
    ai = await givenAiApp(['first']);
    beside = await TestApp.start({ beside: ai.app });
    await ai.app.app.listen(0, '127.0.0.1');
    await beside.app.listen(0, '127.0.0.1');
    [base, besideBase] = await Promise.all([ai.app.app.getUrl(), beside.app.getUrl()]);
    token = (await givenUser(ai.app)).accessToken;
  });
  afterAll(async () => {
    await beside.stop();
    await ai.stop();
  });

  function begin(body: object = {}): Promise<Reader> {
    const asked = { message: 'Hello there', stream: true, ...body };
    return Reader.open(`${base}/api/ai/generate`, { token, body: asked });
  }

  async function rest(app: TestApp, id: string, after?: number): Promise<SseEvent[]> {
    const headers: Record<string, string> = after === undefined ? {} : { 'last-event-id': String(after) };
    const answer = await app.get(`/api/ai/generations/${id}/events`, { token, headers });
    if (answer.status === 204) return []; // an EventSource does not come back
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    return eventsOf(answer.text);
  }

  function connectionsOf({ app }: TestApp): Promise<number> {
    const server = app.getHttpServer() as Server;
    return promisify(server.getConnections.bind(server))();
  }

  async function stateOf(id: string): Promise<string | undefined> {
    return (await ai.app.sql<{ state: string }>('SELECT state FROM generations WHERE id = $1', [id]))[0]
      ?.state;
  }

  async function givenConversation(): Promise<string> {
    return (await expectStatus(201, ai.app.post('/api/core/conversations', {}, { token }))).body.id as string;
  }

  it('gives exactly the rest from every position, on either process, while it is written and after', async () => {
    ai.upstreams.first?.script({ tokens: 30, delayMs: 12 });
    const reader = await begin();
    await reader.until(8);
    const id = reader.generationId;
    const early = [0, 1, 5, 7].map((after) => ({
      after,
      here: rest(ai.app, id, after),
      there: rest(beside, id, after),
    }));
    const all = await reader.all();
    expectHonest(all, [shownBy(all)]);
    for (const { after, here, there } of early) {
      expect(await here).toEqual(all.slice(after));
      expect(await there).toEqual(all.slice(after));
    }
    for (let after = 0; after <= all.length + 1; after += 1) {
      expect(await rest(ai.app, id, after)).toEqual(all.slice(after));
      if (after % 5 === 0) expect(await rest(beside, id, after)).toEqual(all.slice(after));
    }
    expect(await rest(ai.app, id)).toEqual(all);
  });

  it.each(['-1', 'abc', '1.5', '99999999999', '1, 2'])(
    'names the position %s that is none',
    async (position) => {
      const [{ data } = { data: {} }] = await stream(ai.app, { message: 'Position' }, { token }).catch(
        () => [],
      );
      const headers = { 'last-event-id': position };
      const url = `/api/ai/generations/${data.generation_id}/events`;
      const { body } = await expectStatus(400, ai.app.get(url, { token, headers }));
      expect(body.detail.fields).toMatchObject([{ path: 'Last-Event-ID' }]);
    },
  );

  it('belongs to whoever asked, and to nobody else', async () => {
    ai.upstreams.first?.script({ text: 'Mine.' });
    const [start] = await stream(ai.app, {}, { token });
    const { accessToken: stranger } = await givenUser(ai.app);
    for (const id of [...NO_IDS, start?.data.generation_id as string]) {
      const url = `/api/ai/generations/${id}`;
      const events = await ai.app.get(`${url}/events`, { token: stranger });
      const stop = await ai.app.post(`${url}/stop`, undefined, { token: stranger });
      expect([events.status, events.body.code]).toEqual([404, 'generation_not_found']);
      expect([stop.status, stop.body.code]).toEqual([404, 'generation_not_found']);
    }
  });

  it('outlives its reader: who hung up reads on where they were, here or elsewhere', async () => {
    ai.upstreams.first?.script({ tokens: 40, delayMs: 12, hold: 20 });
    const reader = await begin();
    const seen = await reader.until(2);
    reader.hangUp();
    await eventually(async () => (await connectionsOf(ai.app)) === 0, 5000);
    const last = seen.at(-1)?.id ?? 0;
    const url = `/api/ai/generations/${reader.generationId}/events`;
    const there = await Reader.open(besideBase + url, { token, lastEventId: last });
    ai.upstreams.first?.release();
    await there.until(5);
    there.hangUp();
    const further = there.events.at(-1)?.id ?? last;
    const back = await (await Reader.open(base + url, { token, lastEventId: further })).all();
    const all = [...seen, ...there.events, ...back];
    expect(expectHonest(all, [shownBy(all)])).toMatchObject({
      event: 'done',
      data: { finish_reason: 'stop' },
    });
    expect(ai.upstreams.first?.aborted).toBe(0);
  });

  it.each(['this process', 'the other process'])('stops from %s: the provider is let go', async (where) => {
    const conversation_id = await givenConversation();
    ai.upstreams.first?.script(SLOW);
    const reader = await begin({ conversation_id });
    await reader.until(6);
    const aborted = ai.upstreams.first?.aborted ?? 0;
    const stop = `/api/ai/generations/${reader.generationId}/stop`;
    const app = where === 'this process' ? ai.app : beside;
    const { body } = await expectStatus(200, app.post(stop, undefined, { token }));
    expect(body).toEqual({ generation_id: reader.generationId, state: 'stopped' });
    await eventually(() => ai.upstreams.first?.aborted === aborted + 1, 5000);
    const events = await reader.all();
    const last = expectHonest(events, [shownBy(events)]);
    expect(last).toMatchObject({
      event: 'done',
      data: { finish_reason: 'stopped', route: [{ outcome: 'stopped' }] },
    });
    const { body: messages } = await ai.app.get(`/api/core/conversations/${conversation_id}/messages`, {
      token,
    });
    expect(messages.at(-1)).toMatchObject({
      ...{ id: last.data.message_id, content: shownBy(events) },
      ...{ complete: false, finish_reason: 'stopped' },
    });
    const again = await expectStatus(200, beside.post(stop, undefined, { token }));
    expect(again.body.state).toBe('stopped');
  });

  it('stops before the first token, and while a provider is given a moment', async () => {
    for (const step of [{ silent: true }, { status: 429, headers: { 'retry-after': '2' } }]) {
      ai.upstreams.first?.script(step);
      const asked = ai.upstreams.first?.requests.length ?? 0;
      const reader = await begin({ provider: 'first' });
      await reader.until(1);
      await eventually(() => (ai.upstreams.first?.requests.length ?? 0) > asked, 5000);
      const stop = `/api/ai/generations/${reader.generationId}/stop`;
      expect((await ai.app.post(stop, undefined, { token })).body.state).toBe('stopped');
      expect((await reader.all()).at(-1)).toMatchObject({
        event: 'done',
        data: { content: '', finish_reason: 'stopped' },
      });
    }
  });

  it('leaves one that is over as it is', async () => {
    ai.upstreams.first?.script({ text: 'Done.' });
    const events = await stream(ai.app, { provider: 'first' }, { token });
    const id = events[0]?.data.generation_id as string;
    const { body } = await expectStatus(
      200,
      ai.app.post(`/api/ai/generations/${id}/stop`, undefined, { token }),
    );
    expect(body.state).toBe('done');
    expect(await rest(ai.app, id)).toEqual(events);
  });

  it('lets go of the provider when nobody waits for a whole answer any more', async () => {
    ai.upstreams.first?.script({ silent: true });
    const aborted = ai.upstreams.first?.aborted ?? 0;
    const controller = new AbortController();
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const asked = fetch(`${base}/api/ai/generate`, {
      ...{ method: 'POST', headers, signal: controller.signal },
      body: JSON.stringify({ message: 'Hello there' }),
    }).catch(() => 'gone');
    await eventually(() => ai.upstreams.first?.running === 1, 5000);
    controller.abort();
    expect(await asked).toBe('gone');
    await eventually(() => ai.upstreams.first?.aborted === aborted + 1, 5000);
  });

  it('lets a slow reader slow only itself', async () => {
    ai.upstreams.first?.script({ text: Array.from({ length: 150 }, () => 'x'.repeat(2600)), delayMs: 1 });
    const idle = await Reader.idle(`${base}/api/ai/generate`, {
      token,
      body: { message: 'Much', stream: true },
    });
    const [{ id = '' } = {}] = await ai.app.sql<{ id: string }>(
      'SELECT id FROM generations ORDER BY id DESC LIMIT 1',
    );
    await eventually(async () => (await stateOf(id)) === 'done', 15_000);
    idle.read();
    const events = await idle.all();
    expect(expectHonest(events, [shownBy(events)])).toMatchObject({ event: 'done' });
    expect(events[0]?.data.generation_id).toBe(id);
    expect(shownBy(events)).toHaveLength(150 * 2600);
  });

  it.each(['the conversation', 'the account'])('ends with %s, and nothing of it comes back', async (what) => {
    const owner = await givenUser(ai.app);
    const mine = { token: owner.accessToken };
    const { body: conversation } = await expectStatus(201, ai.app.post('/api/core/conversations', {}, mine));
    ai.upstreams.first?.script(SLOW);
    const body = { message: 'Hello', stream: true, conversation_id: conversation.id };
    const reader = await Reader.open(`${base}/api/ai/generate`, { ...mine, body });
    await reader.until(6);
    const { generationId } = reader;
    const elsewhere = await Reader.open(`${besideBase}/api/ai/generations/${generationId}/events`, mine);
    await elsewhere.until(3);
    const aborted = ai.upstreams.first?.aborted ?? 0;
    if (what === 'the account')
      await expectStatus(204, ai.app.delete('/api/auth/me', { ...mine, body: { password: owner.password } }));
    else await expectStatus(204, ai.app.delete(`/api/core/conversations/${conversation.id}`, mine));
    await eventually(() => ai.upstreams.first?.aborted === aborted + 1, 5000);
    for (const events of [await reader.all(), await elsewhere.all()]) {
      expect(events.map(({ event }) => event)).not.toContain('done');
      // Whose session ends with the account may be cut off before there is an error to be told.
      if (what === 'the account' && events.at(-1)?.event !== 'error') continue;
      expect(events.at(-1)).toMatchObject({
        event: 'error',
        data: { code: expect.stringMatching(/^(conversation|generation)_not_found$/) },
      });
    }
    expect(await stateOf(generationId)).toBeUndefined();
    for (const table of ['generation_events WHERE generation_id', 'messages WHERE conversation_id'])
      expect(await ai.app.sql(`SELECT FROM ${table} IN ($1, $2)`, [generationId, conversation.id])).toEqual(
        [],
      );
    expect(await generate(ai.app, { conversation_id: conversation.id }, { token })).toMatchObject({
      status: 404,
    });
  });

  it('notices that it is gone even while the provider says nothing', async () => {
    const conversation_id = await givenConversation();
    ai.upstreams.first?.script({ silent: true });
    const whole = generate(ai.app, { conversation_id, provider: 'first' }, { token });
    const stored = `SELECT FROM generation_events e JOIN generations g ON g.id = e.generation_id
                    WHERE g.conversation_id = '${conversation_id}'`;
    await eventually(async () => (await ai.app.sql(stored)).length > 0, 5000);
    const aborted = ai.upstreams.first?.aborted ?? 0;
    await expectStatus(204, ai.app.delete(`/api/core/conversations/${conversation_id}`, { token }));
    const { status, body } = await whole;
    expect([status, body.code]).toEqual([404, 'conversation_not_found']);
    await eventually(() => ai.upstreams.first?.aborted === aborted + 1, 5000);
  });
});
