import { randomUUID } from 'node:crypto';
import { type AiApp, parseSseEvents, generate, givenAiApp, displayedText } from '@test/support/ai/ai-app.js';
import { StreamReader } from '@test/support/ai/stream-reader.js';
import { waitUntil } from '@test/support/app/server-process.js';
import type { TestResponse, TestApp } from '@test/support/app/test-app.js';
import { givenApiKey } from '@test/support/auth/api-keys.js';
import { givenUser } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';
import { givenOwnerWithId, logIn, inParallel } from '@test/support/organizations/given-organizations.js';

const HOUR_SECONDS = 3600;
const PARALLEL_REQUESTS = 20;

describe('requests with the same idempotency key', () => {
  let ai: AiApp;
  let sibling: TestApp;
  let token: string;
  let count = 0;
  let key: string;

  beforeAll(async () => {
    ai = await givenAiApp(['first']);
    sibling = await ai.startSibling();
    token = (await givenUser(ai.app)).accessToken;
  });
  afterAll(() => ai.stop());
  beforeEach(() => {
    key = `key-${(count += 1)}`;
    if (ai.fakeProviders.first) ai.fakeProviders.first.requests.length = 0;
    ai.fakeProviders.first?.script({ text: ['One ', 'answer ', `${count}.`], delayMs: 20 });
  });

  function ask(
    body: object = {},
    { app = ai.app, by = token, idempotencyKey = key, accept = '' } = {},
  ): Promise<TestResponse> {
    const headers = { 'idempotency-key': idempotencyKey, ...(accept && { accept }) };
    return generate(app, { provider: 'first', ...body }, { token: by, headers });
  }

  function countProviderRequests(): number {
    return ai.fakeProviders.first?.requests.length ?? 0;
  }

  function countReplays(responses: readonly TestResponse[]): number {
    return responses.filter(({ headers }) => headers['idempotent-replayed'] === 'true').length;
  }

  async function givenConversation(): Promise<string> {
    return (await expectStatus(201, ai.app.post('/api/core/conversations', {}, { token }))).body.id as string;
  }

  function alternatingNode(index: number): { app: TestApp } {
    return { app: index % 2 === 0 ? ai.app : sibling };
  }

  it('cause one request to the provider, even when twenty are concurrent', async () => {
    const answers = await inParallel(PARALLEL_REQUESTS, () => expectStatus(200, ask()));
    expect(countProviderRequests()).toBe(1);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers[0]?.body.content).toBe(`One answer ${count}.`);
    expect(countReplays(answers)).toBe(PARALLEL_REQUESTS - 1);
  });

  it('return the same events to twenty concurrent streams', async () => {
    const responses = await inParallel(PARALLEL_REQUESTS, () => expectStatus(200, ask({ stream: true })));
    expect(countProviderRequests()).toBe(1);
    expect(new Set(responses.map(({ text }) => JSON.stringify(parseSseEvents(text)))).size).toBe(1);
    expect(displayedText(parseSseEvents(responses[0]?.text ?? ''))).toBe(`One answer ${count}.`);
    expect(countReplays(responses)).toBe(PARALLEL_REQUESTS - 1);
  });

  it.each([{}, { stream: true }])('are answered once when two processes receive them: %j', async (mode) => {
    const responses = await inParallel(PARALLEL_REQUESTS, (index) =>
      expectStatus(200, ask(mode, alternatingNode(index))),
    );
    expect(countProviderRequests()).toBe(1);
    const contents = responses.map(({ text }) =>
      JSON.stringify(parseSseEvents(text).length > 0 ? parseSseEvents(text) : text),
    );
    expect(new Set(contents).size).toBe(1);
    expect(countReplays(responses)).toBe(PARALLEL_REQUESTS - 1);
  });

  it.each([{}, { stream: true }])('are one turn of a conversation: %j', async (mode) => {
    const conversation_id = await givenConversation();
    const body = { conversation_id, ...mode };
    const responses = await inParallel(PARALLEL_REQUESTS, (index) =>
      expectStatus(200, ask(body, alternatingNode(index))),
    );
    expect(countProviderRequests()).toBe(1);
    expect(countReplays(responses)).toBe(PARALLEL_REQUESTS - 1);
    const { body: messages } = await ai.app.get(`/api/core/conversations/${conversation_id}/messages`, {
      token,
    });
    expect(messages).toMatchObject([
      { role: 'user' },
      { role: 'assistant', content: `One answer ${count}.` },
    ]);
    expect(countReplays([await expectStatus(200, ask(body))])).toBe(1);
    expect(countProviderRequests()).toBe(1);
  });

  it('are the same request, whether the answer is whole or streamed', async () => {
    const whole = await expectStatus(200, ask());
    const streamed = await expectStatus(200, ask({}, { accept: 'text/event-stream' }));
    expect(parseSseEvents(streamed.text).at(-1)).toMatchObject({ event: 'done', data: whole.body });
    expect(countProviderRequests()).toBe(1);
  });

  it('follow the generation that is running', async () => {
    await sibling.nest.listen(0, '127.0.0.1');
    ai.fakeProviders.first?.script({ tokens: 20, hold: 10 });
    const leading = ask({ stream: true });
    await waitUntil(() => countProviderRequests() === 1, 5000);
    const second = await StreamReader.open(`${await sibling.nest.getUrl()}/api/ai/generate`, {
      token,
      headers: { 'idempotency-key': key },
      body: { message: 'Hello there', provider: 'first', stream: true },
    });
    expect(second.response.headers['idempotent-replayed']).toBe('true');
    ai.fakeProviders.first?.releaseHeld();
    const first = await leading;
    expect(await second.waitForEnd()).toEqual(parseSseEvents(first.text));
    expect([countReplays([first]), countProviderRequests()]).toEqual([0, 1]);
  });

  it('are rejected when their bodies differ', async () => {
    await expectStatus(200, ask());
    for (const body of [
      { message: 'Another' },
      { user_language: 'de' },
      { conversation_history: [] },
      { stream: true },
    ]) {
      const answer = await ask(body);
      expect([answer.status, answer.body.code]).toEqual([409, 'idempotency_key_reused']);
    }
    expect(countProviderRequests()).toBe(1);
  });

  it('all get the error of a failed generation, which releases the key', async () => {
    ai.fakeProviders.first?.script({ status: 401 });
    for (let round = 0; round < 12; round += 1) {
      const failures = await inParallel(6, (index) => ask({}, alternatingNode(index)));
      expect(failures.map(({ status, body }) => [status, body.code])).toEqual(
        failures.map(() => [502, 'provider_failed']),
      );
    }
    ai.fakeProviders.first?.script({ text: 'Now.' });
    const answer = await expectStatus(200, ask());
    expect(answer.body.content).toBe('Now.');
    expect(countReplays([answer])).toBe(0);
    expect(countReplays([await expectStatus(200, ask())])).toBe(1);
  });

  it('are independent for other users and API keys', async () => {
    const founder = await givenOwnerWithId(ai.app);
    const by = { organizationId: founder.organizationId, by: founder };
    const keys = await inParallel(2, () => givenApiKey(ai.app, { ...by, scopes: ['conversations:write'] }));
    await expectStatus(200, ask());
    await expectStatus(200, ask({ message: 'Mine' }, { by: founder.accessToken }));
    for (const [index, one] of keys.entries()) {
      const headers = { 'x-api-key': one.key, 'idempotency-key': key };
      const body = { provider: 'first', message: `Through key ${index}` };
      expect(countReplays([await expectStatus(200, generate(ai.app, body, { headers }))])).toBe(0);
    }
    expect(countProviderRequests()).toBe(4);
  });

  it.each([
    ['with an empty message', { message: '' }, 400],
    ['in an unknown conversation', { conversation_id: randomUUID() }, 404],
  ])('%s replay the rejection', async (_what, body, status) => {
    const [first, again] = [await ask(body), await ask(body)];
    expect([first.status, again.status]).toEqual([status, status]);
    expect({ ...again.body, request_id: '' }).toEqual({ ...first.body, request_id: '' });
    expect(countReplays([first, again])).toBe(1);
    const { body: refused } = await expectStatus(409, ask());
    expect(refused.code).toBe('idempotency_key_reused');
    const duplicateRequests = await inParallel(PARALLEL_REQUESTS, () =>
      ask(body, { idempotencyKey: `${key}-parallel` }),
    );
    expect(new Set(duplicateRequests.map((answer) => answer.status))).toEqual(new Set([status]));
    expect(countProviderRequests()).toBe(0);
  });

  it('are rejected when the key is malformed', async () => {
    const { body } = await expectStatus(400, ask({}, { idempotencyKey: 'x'.repeat(300) }));
    expect(body.code).toBe('validation_failed');
    expect(countProviderRequests()).toBe(0);
  });

  it('return the same answer for 24 hours', async () => {
    const owner = await givenOwnerWithId(ai.app);
    const first = await expectStatus(200, ask({}, { by: owner.accessToken }));
    ai.app.clock.advance(23 * HOUR_SECONDS);
    let by = await logIn(ai.app, owner);
    const later = await expectStatus(200, ask({}, { by }));
    expect([later.body, countReplays([later]), countProviderRequests()]).toEqual([first.body, 1, 1]);
    ai.app.clock.advance(2 * HOUR_SECONDS);
    by = await logIn(ai.app, owner);
    const newRequest = await inParallel(5, (index) =>
      expectStatus(200, ask({ message: 'New' }, { by, ...alternatingNode(index) })),
    );
    expect([countReplays(newRequest), countProviderRequests()]).toEqual([4, 2]);
  });
});

describe('concurrent requests with the same idempotency key and few remaining tokens', () => {
  let ai: AiApp;
  afterAll(() => ai.stop());

  it('are not rejected because of the reservation of the first one', async () => {
    ai = await givenAiApp(['first'], { env: { AI_MONTHLY_TOKENS_PER_USER: '300' } });
    const token = (await givenUser(ai.app)).accessToken;
    ai.fakeProviders.first?.script({ text: 'Once.', firstByteMs: 100 });
    const call = { token, headers: { 'idempotency-key': 'little' } };
    const responses = await inParallel(12, () => generate(ai.app, {}, call));
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200));
    expect(ai.fakeProviders.first?.requests).toHaveLength(1);
  });
});
