import { type AiApp, generate, givenAiApp, SHORT_TIMEOUTS, generateStream } from '@test/support/ai/ai-app.js';
import type { TestResponse, TestApp } from '@test/support/app/test-app.js';
import { givenUser } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';

const TOKEN_LIMIT = 6000;
/** The fake provider reports 7 tokens for the prompt, and one for each token of the answer. */
const ANSWER_TOKENS = 13;
const CALL_TOKENS = 7 + ANSWER_TOKENS;
/** Is estimated as a hundred tokens. */
const HUNDRED_TOKEN_WORD = 'x'.repeat(400);

describe('usage of several providers for one answer', () => {
  let ai: AiApp;
  let shortTimeoutApp: TestApp;
  let token: string;

  beforeAll(async () => {
    ai = await givenAiApp(['first', 'second'], { env: { AI_MONTHLY_TOKENS_PER_USER: String(TOKEN_LIMIT) } });
    shortTimeoutApp = await ai.startSibling(SHORT_TIMEOUTS);
  });
  afterAll(() => ai.stop());
  beforeEach(async () => {
    ai.fakeProviders.second?.script({ tokens: ANSWER_TOKENS });
    token = (await givenUser(ai.app)).accessToken;
  });

  async function getUsage(): Promise<TestResponse['body']> {
    return (await expectStatus(200, ai.app.get('/api/ai/usage', { token }))).body;
  }

  it.each([
    ['stops sending, as a stream', { tokens: 40, stallAfter: 8 }, true, 1],
    ['stops sending, whole', { tokens: 40, stallAfter: 8 }, false, 1],
    ['breaks the connection, as a stream', { tokens: 40, delayMs: 1, dropAfter: 8 }, true, 1],
    ['breaks the connection, whole, and is retried', { tokens: 40, delayMs: 1, dropAfter: 8 }, false, 2],
  ])('is counted for each request: the first provider %s', async (_how, step, streaming, times) => {
    ai.fakeProviders.first?.script(step);
    const response = await expectStatus(200, generate(shortTimeoutApp, { stream: streaming }, { token }));
    expect(response.text).toContain('second-large');
    const { models } = await getUsage();
    expect(models.map(({ provider, requests }: TestResponse['body']) => [provider, requests]).sort()).toEqual(
      [
        ['first', times],
        ['second', 1],
      ],
    );
    expect(models).toContainEqual(expect.objectContaining({ provider: 'second', total_tokens: CALL_TOKENS }));
  });

  it('limits the next provider to the tokens that the first one has left', async () => {
    ai.fakeProviders.first?.script({
      text: Array.from({ length: 40 }, () => HUNDRED_TOKEN_WORD),
      dropAfter: 39,
    });
    expect((await generateStream(ai.app, {}, { token })).at(-1)?.event).toBe('done');
    const { max_tokens: most } = ai.fakeProviders.second?.requests.at(-1)?.body as { max_tokens: number };
    const { models, limits } = await getUsage();
    const lost = models.find(({ provider }: TestResponse['body']) => provider === 'first').total_tokens;
    expect(lost).toBeGreaterThan(3000);
    expect(most).toBeLessThanOrEqual(TOKEN_LIMIT - lost);
    expect(limits).toMatchObject([{ used_tokens: lost + CALL_TOKENS, reserved_tokens: 0 }]);
  });

  it('prevents further requests when no tokens are left', async () => {
    ai.fakeProviders.first?.script({
      text: Array.from({ length: 70 }, () => HUNDRED_TOKEN_WORD),
      dropAfter: 69,
    });
    const before = ai.fakeProviders.second?.requests.length;
    expect((await generateStream(ai.app, {}, { token })).at(-1)).toMatchObject({
      event: 'error',
      data: {
        code: 'ai_unavailable',
        detail: {
          providers: [{ provider: 'first' }, { provider: 'second', reason: 'No tokens are left for it.' }],
        },
      },
    });
    expect(ai.fakeProviders.second?.requests.length).toBe(before);
  });
});
