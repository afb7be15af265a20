import type { Server } from 'node:http';
import { promisify } from 'node:util';
import {
  type AiApp,
  generate,
  givenAiApp,
  type SseEvent,
  parseSseEvents,
  displayedText,
  generateStream,
} from '@test/support/ai/ai-app.js';
import { expectConsistentStream } from '@test/support/ai/provider-faults.js';
import { StreamReader } from '@test/support/ai/stream-reader.js';
import { waitUntil } from '@test/support/app/server-process.js';
import { TestApp } from '@test/support/app/test-app.js';
import { givenUser } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';
import { UNRESOLVABLE_IDS } from '@test/support/organizations/given-organizations.js';

const SLOW_ANSWER = { tokens: 400, delayMs: 15 };

describe('event streams of generations', () => {
  let ai: AiApp;
  /** Another process of the same installation. */
  let sibling: TestApp;
  let baseUrl: string;
  let siblingBaseUrl: string;
  let token: string;

  beforeAll(async () => {
    ai = await givenAiApp(['first']);
    sibling = await TestApp.start({ siblingOf: ai.app });
    await ai.app.nest.listen(0, '127.0.0.1');
    await sibling.nest.listen(0, '127.0.0.1');
    [baseUrl, siblingBaseUrl] = await Promise.all([ai.app.nest.getUrl(), sibling.nest.getUrl()]);
    token = (await givenUser(ai.app)).accessToken;
  });
  afterAll(async () => {
    await sibling.stop();
    await ai.stop();
  });

  function openStream(body: object = {}): Promise<StreamReader> {
    const asked = { message: 'Hello there', stream: true, ...body };
    return StreamReader.open(`${baseUrl}/api/ai/generate`, { token, body: asked });
  }

  async function readRemainingEvents(app: TestApp, id: string, after?: number): Promise<SseEvent[]> {
    const headers: Record<string, string> = after === undefined ? {} : { 'last-event-id': String(after) };
    const response = await app.get(`/api/ai/generations/${id}/events`, { token, headers });
    if (response.status === 204) return [];
    expect(response.status).toBe(200);
    expect(response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    return parseSseEvents(response.text);
  }

  function countConnections({ nest: app }: TestApp): Promise<number> {
    const server = app.getHttpServer() as Server;
    return promisify(server.getConnections.bind(server))();
  }

  async function getState(id: string): Promise<string | undefined> {
    return (await ai.app.sql<{ state: string }>('SELECT state FROM generations WHERE id = $1', [id]))[0]
      ?.state;
  }

  async function givenConversation(): Promise<string> {
    return (await expectStatus(201, ai.app.post('/api/core/conversations', {}, { token }))).body.id as string;
  }

  it('return exactly the remaining events from every position, on either process, during the generation and after it', async () => {
    ai.fakeProviders.first?.script({ tokens: 30, delayMs: 12 });
    const reader = await openStream();
    await reader.waitForEvents(8);
    const id = reader.generationId;
    const early = [0, 1, 5, 7].map((after) => ({
      after,
      here: readRemainingEvents(ai.app, id, after),
      there: readRemainingEvents(sibling, id, after),
    }));
    const all = await reader.waitForEnd();
    expectConsistentStream(all, [displayedText(all)]);
    for (const { after, here, there } of early) {
      expect(await here).toEqual(all.slice(after));
      expect(await there).toEqual(all.slice(after));
    }
    for (let after = 0; after <= all.length + 1; after += 1) {
      expect(await readRemainingEvents(ai.app, id, after)).toEqual(all.slice(after));
      if (after % 5 === 0) expect(await readRemainingEvents(sibling, id, after)).toEqual(all.slice(after));
    }
    expect(await readRemainingEvents(ai.app, id)).toEqual(all);
  });

  it.each(['-1', 'abc', '1.5', '99999999999', '1, 2'])('reject the invalid position %s', async (position) => {
    const [{ data } = { data: {} }] = await generateStream(ai.app, { message: 'Position' }, { token }).catch(
      () => [],
    );
    const headers = { 'last-event-id': position };
    const url = `/api/ai/generations/${data.generation_id}/events`;
    const { body } = await expectStatus(400, ai.app.get(url, { token, headers }));
    expect(body.detail.fields).toMatchObject([{ path: 'Last-Event-ID' }]);
  });

  it('are not found for other users', async () => {
    ai.fakeProviders.first?.script({ text: 'Mine.' });
    const [start] = await generateStream(ai.app, {}, { token });
    const { accessToken: stranger } = await givenUser(ai.app);
    for (const id of [...UNRESOLVABLE_IDS, start?.data.generation_id as string]) {
      const url = `/api/ai/generations/${id}`;
      const events = await ai.app.get(`${url}/events`, { token: stranger });
      const stop = await ai.app.post(`${url}/stop`, undefined, { token: stranger });
      expect([events.status, events.body.code]).toEqual([404, 'generation_not_found']);
      expect([stop.status, stop.body.code]).toEqual([404, 'generation_not_found']);
    }
  });

  it('can be resumed after a disconnect, on either process', async () => {
    ai.fakeProviders.first?.script({ tokens: 40, delayMs: 12, hold: 20 });
    const reader = await openStream();
    const seen = await reader.waitForEvents(2);
    reader.disconnect();
    await waitUntil(async () => (await countConnections(ai.app)) === 0, 5000);
    const last = seen.at(-1)?.id ?? 0;
    const url = `/api/ai/generations/${reader.generationId}/events`;
    const there = await StreamReader.open(siblingBaseUrl + url, { token, lastEventId: last });
    ai.fakeProviders.first?.releaseHeld();
    await there.waitForEvents(5);
    there.disconnect();
    const further = there.events.at(-1)?.id ?? last;
    const back = await (await StreamReader.open(baseUrl + url, { token, lastEventId: further })).waitForEnd();
    const all = [...seen, ...there.events, ...back];
    expect(expectConsistentStream(all, [displayedText(all)])).toMatchObject({
      event: 'done',
      data: { finish_reason: 'stop' },
    });
    expect(ai.fakeProviders.first?.abortedRequests).toBe(0);
  });

  it.each(['this process', 'the other process'])(
    'end with a stop from %s, which aborts the request to the provider',
    async (where) => {
      const conversation_id = await givenConversation();
      ai.fakeProviders.first?.script(SLOW_ANSWER);
      const reader = await openStream({ conversation_id });
      await reader.waitForEvents(6);
      const aborted = ai.fakeProviders.first?.abortedRequests ?? 0;
      const stop = `/api/ai/generations/${reader.generationId}/stop`;
      const app = where === 'this process' ? ai.app : sibling;
      const { body } = await expectStatus(200, app.post(stop, undefined, { token }));
      expect(body).toEqual({ generation_id: reader.generationId, state: 'stopped' });
      await waitUntil(() => ai.fakeProviders.first?.abortedRequests === aborted + 1, 5000);
      const events = await reader.waitForEnd();
      const last = expectConsistentStream(events, [displayedText(events)]);
      expect(last).toMatchObject({
        event: 'done',
        data: { finish_reason: 'stopped', route: [{ outcome: 'stopped' }] },
      });
      const { body: messages } = await ai.app.get(`/api/core/conversations/${conversation_id}/messages`, {
        token,
      });
      expect(messages.at(-1)).toMatchObject({
        id: last.data.message_id,
        content: displayedText(events),
        complete: false,
        finish_reason: 'stopped',
      });
      const again = await expectStatus(200, sibling.post(stop, undefined, { token }));
      expect(again.body.state).toBe('stopped');
    },
  );

  it('end with a stop before the first token, and during the wait before a retry', async () => {
    for (const step of [{ silent: true }, { status: 429, headers: { 'retry-after': '2' } }]) {
      ai.fakeProviders.first?.script(step);
      const asked = ai.fakeProviders.first?.requests.length ?? 0;
      const reader = await openStream({ provider: 'first' });
      await reader.waitForEvents(1);
      await waitUntil(() => (ai.fakeProviders.first?.requests.length ?? 0) > asked, 5000);
      const stop = `/api/ai/generations/${reader.generationId}/stop`;
      expect((await ai.app.post(stop, undefined, { token })).body.state).toBe('stopped');
      expect((await reader.waitForEnd()).at(-1)).toMatchObject({
        event: 'done',
        data: { content: '', finish_reason: 'stopped' },
      });
    }
  });

  it('are unchanged by a stop after the end', async () => {
    ai.fakeProviders.first?.script({ text: 'Done.' });
    const events = await generateStream(ai.app, { provider: 'first' }, { token });
    const id = events[0]?.data.generation_id as string;
    const { body } = await expectStatus(
      200,
      ai.app.post(`/api/ai/generations/${id}/stop`, undefined, { token }),
    );
    expect(body.state).toBe('done');
    expect(await readRemainingEvents(ai.app, id)).toEqual(events);
  });

  it('abort the request to the provider when the client of a whole answer disconnects', async () => {
    ai.fakeProviders.first?.script({ silent: true });
    const aborted = ai.fakeProviders.first?.abortedRequests ?? 0;
    const controller = new AbortController();
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const asked = fetch(`${baseUrl}/api/ai/generate`, {
      method: 'POST',
      headers,
      signal: controller.signal,
      body: JSON.stringify({ message: 'Hello there' }),
    }).catch(() => 'gone');
    await waitUntil(() => ai.fakeProviders.first?.runningRequests === 1, 5000);
    controller.abort();
    expect(await asked).toBe('gone');
    await waitUntil(() => ai.fakeProviders.first?.abortedRequests === aborted + 1, 5000);
  });

  it('do not slow the generation down for a slow reader', async () => {
    ai.fakeProviders.first?.script({ text: Array.from({ length: 150 }, () => 'x'.repeat(2600)), delayMs: 1 });
    const idle = await StreamReader.openPaused(`${baseUrl}/api/ai/generate`, {
      token,
      body: { message: 'Much', stream: true },
    });
    const [{ id = '' } = {}] = await ai.app.sql<{ id: string }>(
      'SELECT id FROM generations ORDER BY id DESC LIMIT 1',
    );
    await waitUntil(async () => (await getState(id)) === 'done', 15_000);
    idle.startReading();
    const events = await idle.waitForEnd();
    expect(expectConsistentStream(events, [displayedText(events)])).toMatchObject({ event: 'done' });
    expect(events[0]?.data.generation_id).toBe(id);
    expect(displayedText(events)).toHaveLength(150 * 2600);
  });

  it.each(['the conversation', 'the account'])(
    'end when %s is deleted, and leave no rows behind',
    async (what) => {
      const owner = await givenUser(ai.app);
      const mine = { token: owner.accessToken };
      const { body: conversation } = await expectStatus(
        201,
        ai.app.post('/api/core/conversations', {}, mine),
      );
      ai.fakeProviders.first?.script(SLOW_ANSWER);
      const body = { message: 'Hello', stream: true, conversation_id: conversation.id };
      const reader = await StreamReader.open(`${baseUrl}/api/ai/generate`, { ...mine, body });
      await reader.waitForEvents(6);
      const { generationId } = reader;
      const elsewhere = await StreamReader.open(
        `${siblingBaseUrl}/api/ai/generations/${generationId}/events`,
        mine,
      );
      await elsewhere.waitForEvents(3);
      const aborted = ai.fakeProviders.first?.abortedRequests ?? 0;
      if (what === 'the account')
        await expectStatus(
          204,
          ai.app.delete('/api/auth/me', { ...mine, body: { password: owner.password } }),
        );
      else await expectStatus(204, ai.app.delete(`/api/core/conversations/${conversation.id}`, mine));
      await waitUntil(() => ai.fakeProviders.first?.abortedRequests === aborted + 1, 5000);
      for (const events of [await reader.waitForEnd(), await elsewhere.waitForEnd()]) {
        expect(events.map(({ event }) => event)).not.toContain('done');
        // The session ends with the account, so the stream can end before the error event.
        if (what === 'the account' && events.at(-1)?.event !== 'error') continue;
        expect(events.at(-1)).toMatchObject({
          event: 'error',
          data: { code: expect.stringMatching(/^(conversation|generation)_not_found$/) },
        });
      }
      expect(await getState(generationId)).toBeUndefined();
      for (const table of ['generation_events WHERE generation_id', 'messages WHERE conversation_id'])
        expect(await ai.app.sql(`SELECT FROM ${table} IN ($1, $2)`, [generationId, conversation.id])).toEqual(
          [],
        );
      expect(await generate(ai.app, { conversation_id: conversation.id }, { token })).toMatchObject({
        status: 404,
      });
    },
  );

  it('end after a deletion even while the provider is silent', async () => {
    const conversation_id = await givenConversation();
    ai.fakeProviders.first?.script({ silent: true });
    const whole = generate(ai.app, { conversation_id, provider: 'first' }, { token });
    const stored = `SELECT FROM generation_events e JOIN generations g ON g.id = e.generation_id
                    WHERE g.conversation_id = '${conversation_id}'`;
    await waitUntil(async () => (await ai.app.sql(stored)).length > 0, 5000);
    const aborted = ai.fakeProviders.first?.abortedRequests ?? 0;
    await expectStatus(204, ai.app.delete(`/api/core/conversations/${conversation_id}`, { token }));
    const { status, body } = await whole;
    expect([status, body.code]).toEqual([404, 'conversation_not_found']);
    await waitUntil(() => ai.fakeProviders.first?.abortedRequests === aborted + 1, 5000);
  });
});
