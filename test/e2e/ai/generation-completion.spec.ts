import {
  type AiApp,
  parseSseEvents,
  givenAiApp,
  displayedText,
  generateStream,
} from '@test/support/ai/ai-app.js';
import { StreamReader } from '@test/support/ai/stream-reader.js';
import { waitUntil } from '@test/support/app/server-process.js';
import { TestApp } from '@test/support/app/test-app.js';
import { givenUser } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';

describe('an answer whose usage cannot be recorded', () => {
  let ai: AiApp;

  afterEach(() => ai.stop());

  /** Returns the last event of a stream, and a function that reads it again. */
  async function readEndTwice(
    env: Record<string, string>,
  ): Promise<{ first: unknown; later: () => Promise<unknown> }> {
    ai = await givenAiApp(['first'], { env });
    const { accessToken: token } = await givenUser(ai.app);
    await ai.app.sql('ALTER TABLE token_usage ADD CONSTRAINT uncountable CHECK (requests < 0)');
    ai.fakeProviders.first?.script({ text: 'Hello.' });
    const events = await generateStream(ai.app, {}, { token });
    const url = `/api/ai/generations/${events[0]?.data.generation_id}/events`;
    const later = async (): Promise<unknown> =>
      parseSseEvents((await ai.app.get(url, { token })).text).at(-1)?.event;
    return { first: events.at(-1)?.event, later };
  }

  it('fails for every reader, at once and later, when a token limit depends on it', async () => {
    const { first, later } = await readEndTwice({ AI_MONTHLY_TOKENS_PER_USER: '100000' });
    expect(first).toBe('error');
    expect(await later()).toBe('error');
    const [counter] = await ai.app.sql('SELECT reserved FROM token_counters');
    expect(counter).toEqual({ reserved: 0 });
  });

  it('is kept when no token limit depends on it', async () => {
    const { first, later } = await readEndTwice({});
    expect(first).toBe('done');
    expect(await later()).toBe('done');
  });
});

describe.each([
  ['without a token limit', {}],
  ['with a token limit', { AI_MONTHLY_TOKENS_PER_USER: '100000' }],
])('an answer that another process recovers while its own process still runs it, %s', (_kind, env) => {
  let ai: AiApp;
  let others: TestApp[];

  beforeAll(async () => {
    ai = await givenAiApp(['first'], { env: { AI_STALL_TIMEOUT_MS: '60000', ...env } });
    others = [await TestApp.start({ siblingOf: ai.app }), await TestApp.start({ siblingOf: ai.app })];
    await ai.app.nest.listen(0, '127.0.0.1');
  });
  afterAll(async () => {
    for (const other of others) await other.stop();
    await ai.stop();
  });

  it('is finished, stored and counted once', async () => {
    const { accessToken: token } = await givenUser(ai.app);
    const { body: conversation } = await expectStatus(
      201,
      ai.app.post('/api/core/conversations', {}, { token }),
    );
    ai.fakeProviders.first?.script({ tokens: 2000, delayMs: 10 });
    const body = { message: 'Hello there', stream: true, conversation_id: conversation.id };
    const reader = await StreamReader.open(`${await ai.app.nest.getUrl()}/api/ai/generate`, { token, body });
    await reader.waitForEvents(60);
    const id = reader.generationId;
    await ai.app.sql('UPDATE generations SET node_id = gen_random_uuid() WHERE id = $1', [id]);
    const seen = await reader.waitForEnd();
    expect(seen.at(-1)).toMatchObject({ event: 'error', data: { code: 'generation_interrupted' } });
    await waitUntil(() => ai.fakeProviders.first?.runningRequests === 0, 5000);

    const url = `/api/core/conversations/${conversation.id}/messages`;
    const { body: messages } = await expectStatus(200, ai.app.get(url, { token }));
    expect(messages).toMatchObject([{ role: 'user' }, { role: 'assistant', finish_reason: 'error' }]);
    expect(displayedText(seen).startsWith(messages[1].content)).toBe(true);
    const { body: usage } = await expectStatus(200, ai.app.get('/api/ai/usage', { token }));
    const output_tokens = Math.ceil(messages[1].content.length / 4);
    expect(usage).toMatchObject({ requests: 1, output_tokens });
    expect(await ai.app.sql('SELECT FROM token_reservations')).toEqual([]);
    const counters = await ai.app.sql('SELECT used::int, reserved::int FROM token_counters');
    expect(counters).toEqual([{ used: usage.total_tokens, reserved: 0 }]);
  });
});
