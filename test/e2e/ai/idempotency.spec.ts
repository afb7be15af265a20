import { randomUUID } from 'node:crypto';
import { Reader } from '@test/support/ai/stream-reader.js';
import { type AiApp, eventsOf, generate, givenAiApp, shownBy } from '@test/support/ai/ai-app.js';
import { givenKey } from '@test/support/auth/api-keys.js';
import type { Answer, TestApp } from '@test/support/app/test-app.js';
import { expectStatus, givenUser } from '@test/support/auth/given-users.js';
import { givenFounder, logIn, together } from '@test/support/organizations/given-organizations.js';
import { eventually } from '@test/support/app/server-process.js';

const HOUR = 3600;
const TIMES = 20;

describe('a repeated question', () => {
  let ai: AiApp;
  let beside: TestApp;
  let token: string;
  let count = 0;
  let key: string;

  beforeAll(async () => {
    ai = await givenAiApp(['first']);
    beside = await ai.beside();
    token = (await givenUser(ai.app)).accessToken;
  });
  afterAll(() => ai.stop());
  beforeEach(() => {
    key = `key-${(count += 1)}`;
    if (ai.upstreams.first) ai.upstreams.first.requests.length = 0;
    ai.upstreams.first?.script({ text: ['One ', 'answer ', `${count}.`], delayMs: 20 });
  });

  function ask(
    body: object = {},
    { app = ai.app, by = token, with_ = key, accept = '' } = {},
  ): Promise<Answer> {
    const headers = { 'idempotency-key': with_, ...(accept && { accept }) };
    return generate(app, { provider: 'first', ...body }, { token: by, headers });
  }

  function asked(): number {
    return ai.upstreams.first?.requests.length ?? 0;
  }

  function replays(answers: readonly Answer[]): number {
    return answers.filter(({ headers }) => headers['idempotent-replayed'] === 'true').length;
  }

  async function givenConversation(): Promise<string> {
    return (await expectStatus(201, ai.app.post('/api/core/conversations', {}, { token }))).body.id as string;
  }

  function either(index: number): { app: TestApp } {
    return { app: index % 2 === 0 ? ai.app : beside };
  }

  it('asked twenty times at once is put to the provider once', async () => {
    const answers = await together(TIMES, () => expectStatus(200, ask()));
    expect(asked()).toBe(1);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers[0]?.body.content).toBe(`One answer ${count}.`);
    expect(replays(answers)).toBe(TIMES - 1);
  });

  it('asked twenty times at once as a stream gives everybody the same events', async () => {
    const answers = await together(TIMES, () => expectStatus(200, ask({ stream: true })));
    expect(asked()).toBe(1);
    expect(new Set(answers.map(({ text }) => JSON.stringify(eventsOf(text)))).size).toBe(1);
    expect(shownBy(eventsOf(answers[0]?.text ?? ''))).toBe(`One answer ${count}.`);
    expect(replays(answers)).toBe(TIMES - 1);
  });

  it.each([{}, { stream: true }])(
    'asked on two processes at once is answered once, in the manner %j',
    async (manner) => {
      const answers = await together(TIMES, (index) => expectStatus(200, ask(manner, either(index))));
      expect(asked()).toBe(1);
      const told = answers.map(({ text }) =>
        JSON.stringify(eventsOf(text).length > 0 ? eventsOf(text) : text),
      );
      expect(new Set(told).size).toBe(1);
      expect(replays(answers)).toBe(TIMES - 1);
    },
  );

  it.each([{}, { stream: true }])('asked in a conversation is one turn, in the manner %j', async (manner) => {
    const conversation_id = await givenConversation();
    const body = { conversation_id, ...manner };
    const answers = await together(TIMES, (index) => expectStatus(200, ask(body, either(index))));
    expect(asked()).toBe(1);
    expect(replays(answers)).toBe(TIMES - 1);
    const { body: messages } = await ai.app.get(`/api/core/conversations/${conversation_id}/messages`, {
      token,
    });
    expect(messages).toMatchObject([
      { role: 'user' },
      { role: 'assistant', content: `One answer ${count}.` },
    ]);
    expect(replays([await expectStatus(200, ask(body))])).toBe(1);
    expect(asked()).toBe(1);
  });

  it('is the same question, whole or as a stream', async () => {
    const whole = await expectStatus(200, ask());
    const streamed = await expectStatus(200, ask({}, { accept: 'text/event-stream' }));
    expect(eventsOf(streamed.text).at(-1)).toMatchObject({ event: 'done', data: whole.body });
    expect(asked()).toBe(1);
  });

  it('attaches to an answer under way', async () => {
    await beside.app.listen(0, '127.0.0.1');
    ai.upstreams.first?.script({ tokens: 20, hold: 10 });
    const leading = ask({ stream: true });
    await eventually(() => asked() === 1, 5000);
    const second = await Reader.open(`${await beside.app.getUrl()}/api/ai/generate`, {
      ...{ token, headers: { 'idempotency-key': key } },
      body: { message: 'Hello there', provider: 'first', stream: true },
    });
    expect(second.response.headers['idempotent-replayed']).toBe('true');
    ai.upstreams.first?.release();
    const first = await leading;
    expect(await second.all()).toEqual(eventsOf(first.text));
    expect([replays([first]), asked()]).toEqual([0, 1]);
  });

  it('with another body is refused', async () => {
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
    expect(asked()).toBe(1);
  });

  it('is free again after a failure, which everybody who waits is told', async () => {
    ai.upstreams.first?.script({ status: 401 });
    for (let round = 0; round < 12; round += 1) {
      const failures = await together(6, (index) => ask({}, either(index)));
      expect(failures.map(({ status, body }) => [status, body.code])).toEqual(
        failures.map(() => [502, 'provider_failed']),
      );
    }
    ai.upstreams.first?.script({ text: 'Now.' });
    const answer = await expectStatus(200, ask());
    expect(answer.body.content).toBe('Now.');
    expect(replays([answer])).toBe(0);
    expect(replays([await expectStatus(200, ask())])).toBe(1);
  });

  it('of somebody else, or through a key, is another question', async () => {
    const founder = await givenFounder(ai.app);
    const by = { organizationId: founder.organizationId, by: founder };
    const keys = await together(2, () => givenKey(ai.app, { ...by, scopes: ['conversations:write'] }));
    await expectStatus(200, ask());
    await expectStatus(200, ask({ message: 'Mine' }, { by: founder.accessToken }));
    for (const [index, one] of keys.entries()) {
      const headers = { 'x-api-key': one.key, 'idempotency-key': key };
      const body = { provider: 'first', message: `Through key ${index}` };
      expect(replays([await expectStatus(200, generate(ai.app, body, { headers }))])).toBe(0);
    }
    expect(asked()).toBe(4);
  });

  it.each([
    ['says nothing', { message: '' }, 400],
    ['asks in a conversation that is not there', { conversation_id: randomUUID() }, 404],
  ])('that %s is refused once, and its key leads to that', async (_what, body, status) => {
    const [first, again] = [await ask(body), await ask(body)];
    expect([first.status, again.status]).toEqual([status, status]);
    expect({ ...again.body, request_id: '' }).toEqual({ ...first.body, request_id: '' });
    expect(replays([first, again])).toBe(1);
    const { body: refused } = await expectStatus(409, ask());
    expect(refused.code).toBe('idempotency_key_reused');
    const twins = await together(TIMES, () => ask(body, { with_: `${key}-twins` }));
    expect(new Set(twins.map((answer) => answer.status))).toEqual(new Set([status]));
    expect(asked()).toBe(0);
  });

  it('that is malformed is told so before anything happens', async () => {
    const { body } = await expectStatus(400, ask({}, { with_: 'x'.repeat(300) }));
    expect(body.code).toBe('validation_failed');
    expect(asked()).toBe(0);
  });

  it('leads to the same answer for a day', async () => {
    const owner = await givenFounder(ai.app);
    const first = await expectStatus(200, ask({}, { by: owner.accessToken }));
    ai.app.clock.advance(23 * HOUR);
    let by = await logIn(ai.app, owner);
    const later = await expectStatus(200, ask({}, { by }));
    expect([later.body, replays([later]), asked()]).toEqual([first.body, 1, 1]);
    ai.app.clock.advance(2 * HOUR);
    by = await logIn(ai.app, owner);
    const anew = await together(5, (index) =>
      expectStatus(200, ask({ message: 'Anew' }, { by, ...either(index) })),
    );
    expect([replays(anew), asked()]).toEqual([4, 2]);
  });
});

describe('a repeated question of somebody with little left', () => {
  let ai: AiApp;
  afterAll(() => ai.stop());

  it('is not refused for what the first one has set aside', async () => {
    ai = await givenAiApp(['first'], { env: { AI_MONTHLY_TOKENS_PER_USER: '300' } });
    const token = (await givenUser(ai.app)).accessToken;
    ai.upstreams.first?.script({ text: 'Once.', firstByteMs: 100 });
    const call = { token, headers: { 'idempotency-key': 'little' } };
    const answers = await together(12, () => generate(ai.app, {}, call));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(ai.upstreams.first?.requests).toHaveLength(1);
  });
});
