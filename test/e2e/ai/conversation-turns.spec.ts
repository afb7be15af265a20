import { type AiApp, generate, givenAiApp, displayedText, generateStream } from '@test/support/ai/ai-app.js';
import { waitUntil } from '@test/support/app/server-process.js';
import type { TestResponse, TestApp } from '@test/support/app/test-app.js';
import { givenUser } from '@test/support/auth/given-users.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import { inParallel, UNKNOWN_ID } from '@test/support/organizations/given-organizations.js';

const GENERATION_IN_PROGRESS = [409, 'generation_in_progress'];

type SentMessage = Record<'role' | 'content', string>;

describe('a conversation', () => {
  let ai: AiApp;
  let app: TestApp;
  let token: string;
  let id: string;

  beforeAll(async () => {
    ai = await givenAiApp();
    app = ai.app;
    token = (await givenUser(app)).accessToken;
  });
  afterAll(() => ai.stop());
  beforeEach(async () => {
    id = await createConversation();
    ai.fakeProviders.first?.script({ text: 'An answer.' });
    if (ai.fakeProviders.first) ai.fakeProviders.first.requests.length = 0;
  });

  async function createConversation(body: object = {}): Promise<string> {
    return (await expectStatus(201, app.post('/api/core/conversations', body, { token }))).body.id as string;
  }

  function sendTurn(message: string, body: object = {}): Promise<TestResponse> {
    return generate(app, { provider: 'first', message, conversation_id: id, ...body }, { token });
  }

  async function storedMessages(): Promise<(SentMessage & Record<string, unknown>)[]> {
    return (await expectStatus(200, app.get(`/api/core/conversations/${id}/messages`, { token })))
      .body as (SentMessage & Record<string, unknown>)[];
  }

  async function storedTurns(): Promise<[string, string][]> {
    return (await storedMessages()).map(({ role, content }) => [role, content]);
  }

  /** The messages of the last request to the provider. */
  function lastSentMessages(): SentMessage[] {
    return (ai.fakeProviders.first?.requests.at(-1)?.body as { messages: SentMessage[] }).messages;
  }

  it('allows one turn at a time', async () => {
    ai.fakeProviders.first?.script({ text: ['Slow ', 'and ', 'steady.'], hold: 1 });
    const first = generateStream(app, { provider: 'first', message: 'One', conversation_id: id }, { token });
    await waitUntil(() => ai.fakeProviders.first?.runningRequests === 1, 5000);
    for (const options of [{}, { stream: true }])
      expect(statusAndCode(await sendTurn('Two', options))).toEqual(GENERATION_IN_PROGRESS);
    ai.fakeProviders.first?.releaseHeld();
    expect((await first).at(-1)).toMatchObject({ event: 'done' });
    expect(await storedTurns()).toEqual([
      ['user', 'One'],
      ['assistant', 'Slow and steady.'],
    ]);
    await expectStatus(200, sendTurn('Two'));
    expect(await storedTurns()).toHaveLength(4);
  });

  it('runs exactly one of many concurrent turns, whole or streamed', async () => {
    ai.fakeProviders.first?.script({ text: 'Only one.', hold: 0 });
    let refused = 0;
    const answering = inParallel(16, async (index) => {
      const response = await sendTurn(`Turn ${index}`, { stream: index % 2 === 0 });
      if (response.status !== 200) refused += 1;
      return response;
    });
    await waitUntil(() => refused === 15, 20_000);
    ai.fakeProviders.first?.releaseHeld();
    const responses = await answering;
    const won = responses.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    expect(responses.filter((one) => one !== won[0]).map(statusAndCode)).toEqual(
      Array.from({ length: 15 }, () => GENERATION_IN_PROGRESS),
    );
    expect(ai.fakeProviders.first?.requests).toHaveLength(1);
    expect((await storedTurns()).map(([role]) => role)).toEqual(['user', 'assistant']);
  });

  it.each([[[]], [[{ role: 'user', content: 'Before' }]]])(
    'rejects a turn with a history of its own: %j',
    async (history) => {
      for (const options of [{}, { stream: true }]) {
        const { body } = await expectStatus(
          400,
          sendTurn('Hello', { conversation_history: history, ...options }),
        );
        expect(body.detail.fields).toMatchObject([{ path: 'conversation_history' }]);
      }
      expect(await storedTurns()).toEqual([]);
    },
  );

  it.each([
    [[{ role: 'tool', content: 'x' }], 'conversation_history.0.role'],
    [[{ role: 'user', content: 5 }], 'conversation_history.0.content'],
    [[{ role: 'user', content: 'x', name: 'y' }], 'conversation_history.0.name'],
    [['x'], 'conversation_history.0'],
    [Array.from({ length: 201 }, () => ({ role: 'user', content: 'x' })), 'conversation_history'],
    ['x', 'conversation_history'],
  ])('names the invalid field of a history', async (conversation_history, path) => {
    const { body } = await expectStatus(400, generate(app, { conversation_history }, { token }));
    expect(body.detail.fields.map((fault: { path: string }) => fault.path)).toContain(path);
  });

  it.each([
    [{ message: '' }, 'message'],
    [{ message: ' \n\u200b ' }, 'message'],
    [{ message: 'x'.repeat(32_001) }, 'message'],
    [{ message: 'half \ud800' }, 'message'],
    [{ message: 'nul \u0000' }, 'message'],
    [{ message: null }, 'message'],
    [{ stream: 'yes' }, 'stream'],
    [{ conversation_id: 7 }, 'conversation_id'],
    [{ tone: 'warm' }, 'tone'],
  ])('names the invalid field of %j', async (body, path) => {
    const { body: answer } = await expectStatus(400, generate(app, body, { token }));
    expect(answer.detail.fields).toMatchObject([{ path }]);
    expect(ai.fakeProviders.first?.requests).toEqual([]);
  });

  it('is not found for another user, nor when it does not exist', async () => {
    const { accessToken: stranger } = await givenUser(app);
    for (const conversation_id of [id, UNKNOWN_ID, id.toUpperCase()])
      for (const options of [{}, { stream: true }])
        expect(
          statusAndCode(await generate(app, { conversation_id, ...options }, { token: stranger })),
        ).toEqual([404, 'conversation_not_found']);
    expect(ai.fakeProviders.first?.requests).toEqual([]);
    expect(await storedTurns()).toEqual([]);
  });

  it('sends its turns in order', async () => {
    for (let index = 0; index < 4; index += 1) {
      ai.fakeProviders.first?.script({ text: `Answer ${index}.` });
      await expectStatus(200, sendTurn(`Question ${index}`));
    }
    expect(lastSentMessages().map(({ content }) => content)).toEqual([
      'Question 0',
      'Answer 0.',
      'Question 1',
      'Answer 1.',
      'Question 2',
      'Answer 2.',
      'Question 3',
    ]);
    const history = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'A' },
      { role: 'assistant', content: 'B' },
    ];
    await expectStatus(
      200,
      generate(app, { provider: 'first', message: 'C', conversation_history: history }, { token }),
    );
    expect(lastSentMessages()).toEqual([...history, { role: 'user', content: 'C' }]);
  });

  it('sends a given history with neighbours of one role joined, and the latest turns of a long conversation', async () => {
    const long = Array.from({ length: 6 }, (_, index) => ({
      role: 'user',
      content: `${index}${'x'.repeat(59_999)}`,
    }));
    const conversation_history = [{ role: 'system', content: 'Be brief.' }, ...long];
    await expectStatus(
      200,
      generate(app, { provider: 'first', message: 'Now', conversation_history }, { token }),
    );
    const question = [...long.map(({ content }) => content), 'Now'].join('\n\n');
    expect(lastSentMessages()).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: question },
    ]);
    ai.fakeProviders.first?.script({ text: 'y'.repeat(100_000) });
    for (let time = 1; time <= 4; time += 1) await expectStatus(200, sendTurn(`Question ${time}`));
    await expectStatus(200, sendTurn('Now'));
    expect(lastSentMessages().map(({ content }) => content.slice(0, 10))).toEqual([
      '(The conve',
      'y'.repeat(10),
      'Question 3',
      'y'.repeat(10),
      'Question 4',
      'y'.repeat(10),
      'Now',
    ]);
  });

  it.each([
    ['de', 'Answer in German (language tag de).'],
    ['en_US', 'Answer in American English (language tag en-US).'],
  ])('instructs the model to answer in the language %s', async (user_language, instruction) => {
    await expectStatus(200, sendTurn('Hello', { user_language }));
    expect(lastSentMessages()).toEqual([
      { role: 'system', content: instruction },
      { role: 'user', content: 'Hello' },
    ]);
    expect((await storedTurns()).map(([role]) => role)).toEqual(['user', 'assistant']);
  });

  it('keeps an incomplete answer, marks it, and does not send it to the model again', async () => {
    ai.fakeProviders.first?.script({ text: ['As ', 'far ', 'as ', 'this.'], delayMs: 2, dropAfter: 3 });
    const events = await generateStream(
      app,
      { provider: 'first', message: 'Hello', conversation_id: id },
      { token },
    );
    expect(events.at(-1)?.event).toBe('error');
    expect((await storedMessages()).at(-1)).toMatchObject({
      role: 'assistant',
      content: displayedText(events),
      complete: false,
      finish_reason: 'error',
      provider: 'first',
    });
    ai.fakeProviders.first?.script({ text: 'Better.' });
    await expectStatus(200, sendTurn('Go on'));
    expect(lastSentMessages().map(({ content }) => content)).toEqual(['Hello\n\nGo on']);
  });

  it('stores a repeated turn once after an incomplete answer', async () => {
    ai.fakeProviders.first?.script({ text: ['As ', 'far ', 'as ', 'this.'], delayMs: 2, dropAfter: 3 });
    await generateStream(app, { provider: 'first', message: 'Hello', conversation_id: id }, { token });
    ai.fakeProviders.first?.script({ text: 'Hello!' });
    await expectStatus(200, sendTurn('Hello'));
    expect(lastSentMessages()).toEqual([{ role: 'user', content: 'Hello' }]);
    expect((await storedMessages()).map(({ role, complete }) => [role, complete])).toEqual([
      ['user', true],
      ['assistant', false],
      ['assistant', true],
    ]);
  });

  it('uses auto when the provider of the conversation is not configured any more', async () => {
    await expectStatus(200, app.patch(`/api/core/conversations/${id}`, { provider: 'long-gone' }, { token }));
    const { body } = await expectStatus(
      200,
      generate(app, { message: 'Hello', conversation_id: id }, { token }),
    );
    expect(body.provider).toBe('auto');
  });

  it('stores a repeated turn once after failures', async () => {
    ai.fakeProviders.first?.script({ status: 401 });
    for (let time = 0; time < 3; time += 1) await expectStatus(502, sendTurn('Hello?'));
    ai.fakeProviders.first?.script({ text: 'Hello!' });
    await expectStatus(200, sendTurn('Hello?'));
    expect(lastSentMessages()).toEqual([{ role: 'user', content: 'Hello?' }]);
    await expectStatus(200, sendTurn('Hello?'));
    expect(await storedTurns()).toEqual([
      ...[
        ['user', 'Hello?'],
        ['assistant', 'Hello!'],
      ],
      ...[
        ['user', 'Hello?'],
        ['assistant', 'Hello!'],
      ],
    ]);
  });

  it('gets its title from the first message, unless it has one', async () => {
    const titleOf = async (): Promise<unknown> =>
      (await app.get(`/api/core/conversations/${id}`, { token })).body.title;
    expect(await titleOf()).toBe('New conversation');
    await expectStatus(200, sendTurn('How do I bake bread?'));
    expect(await titleOf()).toBe('How do I bake bread?');
    await expectStatus(200, sendTurn('And a cake?'));
    expect(await titleOf()).toBe('How do I bake bread?');
    id = await createConversation({ title: 'Baking' });
    await expectStatus(200, sendTurn('How do I bake bread?'));
    expect(await titleOf()).toBe('Baking');
  });

  it('uses the provider of the conversation, unless a turn names another', async () => {
    id = await createConversation({ provider: 'second' });
    ai.fakeProviders.second?.script({ text: 'Second.' });
    expect((await sendTurn('Hello', { provider: undefined })).body).toMatchObject({
      provider: 'second',
      content: 'Second.',
    });
    expect((await sendTurn('Hello', { provider: 'first' })).body).toMatchObject({
      provider: 'first',
      content: 'An answer.',
    });
  });

  it('stores no turn when no provider was asked', async () => {
    await expectStatus(400, sendTurn('Hello', { provider: 'unknown' }));
    await expectStatus(503, sendTurn('Hello', { provider: 'openai' }));
    expect(await storedTurns()).toEqual([]);
  });
});
