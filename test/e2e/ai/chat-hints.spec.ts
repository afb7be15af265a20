import { type AiApp, generate, givenAiApp } from '@test/support/ai/ai-app.js';
import type { TestApp } from '@test/support/app/test-app.js';
import { givenUser } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';

describe('a chat request', () => {
  let ai: AiApp;
  let app: TestApp;
  let token: string;

  beforeAll(async () => {
    ai = await givenAiApp();
    app = ai.app;
    token = (await givenUser(app)).accessToken;
  });
  beforeEach(() => ai.fakeProviders.first?.script({ text: 'An answer.' }));
  afterAll(() => ai.stop());

  /** The messages of the last request to the provider. */
  function lastSentMessages(): unknown {
    return (ai.fakeProviders.first?.requests.at(-1)?.body as { messages: unknown }).messages;
  }

  it('takes a history as the server returned it, and leaves out empty answers', async () => {
    const id = (await expectStatus(201, app.post('/api/core/conversations', {}, { token }))).body
      .id as string;
    const turn = { provider: 'first', message: 'Hello', conversation_id: id };
    await expectStatus(200, generate(app, turn, { token }));
    const history = (await app.get(`/api/core/conversations/${id}/messages`, { token })).body as object[];
    const conversation_history = [...history, { ...history[1], content: '' }];
    await expectStatus(
      200,
      generate(app, { provider: 'first', message: 'And now?', conversation_history }, { token }),
    );
    expect(lastSentMessages()).toEqual([
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'An answer.' },
      { role: 'user', content: 'And now?' },
    ]);
  });

  it.each([
    [{ provider: '', model: '', user_language: '' }],
    [{ provider: 'first', user_language: 'qqq-xx' }],
    [{ provider: 'first', user_language: 'not a language' }],
  ])('treats empty and unknown hints as absent: %j', async (hints) => {
    await expectStatus(200, generate(app, { message: 'Hello', ...hints }, { token }));
    expect(lastSentMessages()).toEqual([{ role: 'user', content: 'Hello' }]);
  });
});
