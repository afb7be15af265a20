import { type AiApp, generate, givenAiApp, HASTY, stream } from '@test/support/ai/ai-app.js';
import type { Answer, TestApp } from '@test/support/app/test-app.js';
import { expectStatus, givenUser } from '@test/support/auth/given-users.js';

const LIMIT = 6000;
/** What the scripted provider says a whole answer took: 7 for the question, one for each token. */
const TOKENS = 13;
const COST = 7 + TOKENS;
/** Counts as a hundred tokens. */
const WORD = 'x'.repeat(400);

describe('tokens of several providers for one answer', () => {
  let ai: AiApp;
  let hasty: TestApp;
  let token: string;

  beforeAll(async () => {
    ai = await givenAiApp(['first', 'second'], { env: { AI_MONTHLY_TOKENS_PER_USER: String(LIMIT) } });
    hasty = await ai.beside(HASTY);
  });
  afterAll(() => ai.stop());
  beforeEach(async () => {
    ai.upstreams.second?.script({ tokens: TOKENS });
    token = (await givenUser(ai.app)).accessToken;
  });

  async function usage(): Promise<Answer['body']> {
    return (await expectStatus(200, ai.app.get('/api/ai/usage', { token }))).body;
  }

  it.each([
    ['falls silent, as a stream', { tokens: 40, stallAfter: 8 }, true, 1],
    ['falls silent, whole', { tokens: 40, stallAfter: 8 }, false, 1],
    ['breaks off, as a stream', { tokens: 40, delayMs: 1, dropAfter: 8 }, true, 1],
    ['breaks off, whole, and is asked again', { tokens: 40, delayMs: 1, dropAfter: 8 }, false, 2],
  ])('are counted for each time one was asked: the first %s', async (_how, step, streaming, times) => {
    ai.upstreams.first?.script(step);
    const answer = await expectStatus(200, generate(hasty, { stream: streaming }, { token }));
    expect(answer.text).toContain('second-large');
    const { models } = await usage();
    expect(models.map(({ provider, requests }: Answer['body']) => [provider, requests]).sort()).toEqual([
      ['first', times],
      ['second', 1],
    ]);
    expect(models).toContainEqual(expect.objectContaining({ provider: 'second', total_tokens: COST }));
  });

  it('leave the next one what the first has not taken', async () => {
    ai.upstreams.first?.script({ text: Array.from({ length: 40 }, () => WORD), dropAfter: 39 });
    expect((await stream(ai.app, {}, { token })).at(-1)?.event).toBe('done');
    const { max_tokens: most } = ai.upstreams.second?.requests.at(-1)?.body as { max_tokens: number };
    const { models, limits } = await usage();
    const lost = models.find(({ provider }: Answer['body']) => provider === 'first').total_tokens;
    expect(lost).toBeGreaterThan(3000);
    expect(most).toBeLessThanOrEqual(LIMIT - lost);
    expect(limits).toMatchObject([{ used_tokens: lost + COST, reserved_tokens: 0 }]);
  });

  it('are not asked for any more when none are left', async () => {
    ai.upstreams.first?.script({ text: Array.from({ length: 70 }, () => WORD), dropAfter: 69 });
    const before = ai.upstreams.second?.requests.length;
    expect((await stream(ai.app, {}, { token })).at(-1)).toMatchObject({
      event: 'error',
      data: {
        code: 'ai_unavailable',
        detail: {
          providers: [{ provider: 'first' }, { provider: 'second', reason: 'No tokens are left to ask it.' }],
        },
      },
    });
    expect(ai.upstreams.second?.requests.length).toBe(before);
  });
});
