import { type AiApp, generate, givenAiApp } from '@test/support/ai/ai-app.js';
import { waitUntil } from '@test/support/app/server-process.js';
import type { TestResponse } from '@test/support/app/test-app.js';
import { givenUser, type TestUser } from '@test/support/auth/given-users.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';

/** Nearly the largest body: its million characters take 2 MB of memory. */
const LARGE_HISTORY = Array.from({ length: 5 }, () => ({ role: 'user', content: 'x'.repeat(200_000) }));

describe('the memory of prompts', () => {
  let ai: AiApp;
  let ada: TestUser;

  beforeEach(async () => {
    ai = await givenAiApp(['first']);
    ada = await givenUser(ai.app);
    ai.fakeProviders.first?.script({ text: 'Hello.', hold: 1 });
  });
  afterEach(() => ai.stop());

  const requestCount = (): number => ai.fakeProviders.first?.requests.length ?? 0;
  const providerHas = (count: number): Promise<void> => waitUntil(() => requestCount() === count, 10_000);
  const ask = (body: object, { accessToken: token } = ada): Promise<TestResponse> =>
    generate(ai.app, body, { token });

  it.each([
    ['without a row', {}],
    ['streamed', { stream: true }],
  ])(
    'is limited to 32 MiB for one account, %s, and others are answered',
    async (_kind, options) => {
      const running: Promise<TestResponse>[] = [];
      for (let question = 1; question <= 16; question += 1) {
        running.push(ask({ ...options, conversation_history: LARGE_HISTORY }));
        await providerHas(question);
      }
      const refused = await ask({ ...options, conversation_history: LARGE_HISTORY });
      expect(statusAndCode(refused)).toEqual([429, 'too_many_attempts']);
      expect(refused.headers['retry-after']).toBe('5');
      const small = [ask(options), ask(options, await givenUser(ai.app))];
      await providerHas(18);
      ai.fakeProviders.first?.releaseHeld();
      for (const answer of [...running, ...small]) expect((await answer).status).toBe(200);
      await expectStatus(200, ask({ ...options, conversation_history: LARGE_HISTORY }));
    },
    60_000,
  );

  it('counts the stored turns of conversations, and a refused question is not stored', async () => {
    const call = { token: ada.accessToken };
    const { body } = await expectStatus(201, ai.app.post('/api/core/conversations', { title: 'Long' }, call));
    const conversationId = body.id as string;
    ai.fakeProviders.first?.script({ text: 'Hello.' });
    for (let turn = 1; turn <= 7; turn += 1)
      await expectStatus(
        200,
        ask({ conversation_id: conversationId, message: `${turn}${'x'.repeat(31_000)}` }),
      );
    ai.fakeProviders.first?.script({ text: 'Hello.', hold: 1 });
    const running: Promise<TestResponse>[] = [];
    for (let question = 1; question <= 16; question += 1) {
      running.push(ask({ conversation_history: LARGE_HISTORY }));
      await providerHas(7 + question);
    }
    running.push(ask({ conversation_history: LARGE_HISTORY.slice(0, 3) }));
    await providerHas(24);
    const refused = await ask({ conversation_id: conversationId });
    expect(statusAndCode(refused)).toEqual([429, 'too_many_attempts']);
    const countMessages = (): Promise<object[]> =>
      ai.app.sql('SELECT id FROM messages WHERE conversation_id = $1', [conversationId]);
    expect(await countMessages()).toHaveLength(14);
    ai.fakeProviders.first?.releaseHeld();
    await Promise.all(running);
    await expectStatus(200, ask({ conversation_id: conversationId }));
    expect(await countMessages()).toHaveLength(16);
  });
});
