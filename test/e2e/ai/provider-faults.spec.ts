import {
  type AiApp,
  generate,
  givenAiApp,
  SHORT_TIMEOUTS,
  type SseEvent,
  displayedText,
  type ScriptedAnswer,
  generateStream,
} from '@test/support/ai/ai-app.js';
import {
  expectConsistentStream,
  type ProviderFault,
  PROVIDER_FAULTS,
  needsShortTimeouts,
  PROVIDER_ERROR_TEXT,
} from '@test/support/ai/provider-faults.js';
import type { TestApp } from '@test/support/app/test-app.js';
import { givenUser } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';

const GOOD_TOKENS = ['The ', 'second ', 'one ', 'answers.'];
const GOOD_TEXT = GOOD_TOKENS.join('');
/** The answer of the first provider without a fault. */
const HEALTHY_TEXT = 'All is well.';

describe('a failing provider', () => {
  let ai: AiApp;
  let shortTimeoutApp: TestApp;
  let app: TestApp;
  let token: string;

  beforeAll(async () => {
    ai = await givenAiApp();
    shortTimeoutApp = await ai.startSibling(SHORT_TIMEOUTS);
    app = ai.app;
    token = (await givenUser(ai.app)).accessToken;
  });
  afterAll(() => ai.stop());

  /** A successful answer of a named provider closes its circuit. */
  async function resetCircuits(): Promise<void> {
    for (const provider of ['first', 'second']) {
      ai.fakeProviders[provider]?.script({ text: HEALTHY_TEXT });
      await expectStatus(200, generate(app, { provider }, { token }));
    }
  }

  async function scriptProviders(...steps: ScriptedAnswer[]): Promise<void> {
    await resetCircuits();
    for (const [index, name] of ['first', 'second'].entries())
      ai.fakeProviders[name]?.script(steps[index] ?? { text: GOOD_TOKENS, delayMs: 1 });
  }

  function expectNoProviderDetails(response: unknown): void {
    const responseText = JSON.stringify(response);
    expect(responseText).not.toContain(PROVIDER_ERROR_TEXT);
    expect(responseText).not.toMatch(/sk-first|127\.0\.0\.1|ECONN/);
  }

  describe.each(PROVIDER_FAULTS)(
    'with $name',
    ({ step, expectedError, reason, attempts, afterFirstTokens }: ProviderFault) => {
      const [status, code] = expectedError;
      beforeAll(() => (app = needsShortTimeouts(step) ? shortTimeoutApp : ai.app));
      afterAll(() => (app = ai.app));

      it('returns its own error when it was named, without a failover', async () => {
        await scriptProviders(step);
        const asked = ai.fakeProviders.second?.requests.length;
        const answer = await generate(app, { provider: 'first' }, { token });
        expect([answer.status, answer.body.code]).toEqual([status, code]);
        expectNoProviderDetails(answer.body);
        await scriptProviders(step);
        const events = await generateStream(app, { provider: 'first' }, { token });
        const last = expectConsistentStream(events, []);
        expect(last).toMatchObject({ event: 'error', data: { code, request_id: expect.any(String) } });
        expect(displayedText(events) !== '').toBe(afterFirstTokens === true);
        expectNoProviderDetails(events);
        expect(ai.fakeProviders.second?.requests.length).toBe((asked ?? 0) + 1); // the one that heals
      });

      it('fails over to the next one, and the route says why', async () => {
        await scriptProviders(step);
        const response = await expectStatus(200, generate(app, {}, { token }));
        expect(response.body).toMatchObject({ content: GOOD_TEXT, provider: 'auto', finish_reason: 'stop' });
        expectRoute(response.body.route, attempts[0], reason);
        await scriptProviders(step);
        const events = await generateStream(app, {}, { token });
        const last = expectConsistentStream(events, [GOOD_TEXT]);
        expect(last.event).toBe('done');
        expectRoute(last.data.route, attempts[1], reason);
        expect(restartEvents(events)).toEqual(
          afterFirstTokens ? [{ provider: 'second', model: 'second-large' }] : [],
        );
        expectNoProviderDetails([response.body, events]);
      });

      it('is listed when no provider can answer', async () => {
        await scriptProviders(step, { status: 500, body: PROVIDER_ERROR_TEXT });
        const response = await generate(app, {}, { token });
        expect([response.status, response.body.code]).toEqual([503, 'ai_unavailable']);
        expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
        expectReasons(response.body.detail.providers, reason);
        await scriptProviders(step, { status: 500, body: PROVIDER_ERROR_TEXT });
        const events = await generateStream(app, {}, { token });
        const last = expectConsistentStream(events, []);
        expect(last).toMatchObject({ event: 'error', data: { code: 'ai_unavailable' } });
        expectReasons(last.data.detail.providers, reason);
        expectNoProviderDetails([response.body, events]);
      });
    },
  );

  it('is retried once', async () => {
    for (const once of [{ status: 500 }, { status: 429 }, { hangUp: true }, { raw: '' }] as const) {
      await resetCircuits();
      ai.fakeProviders.first?.script(once, { text: GOOD_TOKENS });
      const { body } = await expectStatus(200, generate(app, { provider: 'first' }, { token }));
      expect(body).toMatchObject({
        content: GOOD_TEXT,
        route: [{ outcome: 'answered', attempts: 2, reason: null }],
      });
      ai.fakeProviders.first?.script(once, { text: GOOD_TOKENS });
      const last = expectConsistentStream(await generateStream(app, { provider: 'first' }, { token }), [
        GOOD_TEXT,
      ]);
      expect(last.data).toMatchObject({ route: [{ provider: 'first', outcome: 'answered', attempts: 2 }] });
    }
  });

  it('is waited for when it asks for a short wait and is the only one', async () => {
    await resetCircuits();
    ai.fakeProviders.first?.script({ status: 429, headers: { 'retry-after': '1' } }, { text: GOOD_TOKENS });
    const { body } = await expectStatus(200, generate(app, { provider: 'first' }, { token }));
    expect(body.route).toMatchObject([{ outcome: 'answered', attempts: 2 }]);
  });

  it('passes on a long Retry-After', async () => {
    await resetCircuits();
    ai.fakeProviders.first?.script({ status: 429, headers: { 'retry-after': '17' } });
    const { headers } = await expectStatus(503, generate(app, { provider: 'first' }, { token }));
    expect(headers['retry-after']).toBe('17');
  });

  it('may send text that cannot be stored; the stream shows what is stored', async () => {
    await resetCircuits();
    const odd = ['nul \u0000, ', 'half \ud83d', ' and ', '\ude00 whole \ud83d\ude00', ' \ud800'];
    ai.fakeProviders.first?.script({ text: odd, delayMs: 2, escaped: true });
    const events = await generateStream(app, { provider: 'first' }, { token });
    const shown = displayedText(events);
    expect(events.at(-1)).toMatchObject({ event: 'done', data: { content: shown } });
    expect(shown).not.toContain('\u0000');
    expect(shown).toContain('whole \ud83d\ude00');
  });

  it('never adds an incomplete answer to a conversation as a complete one', async () => {
    const { body: conversation } = await expectStatus(
      201,
      app.post('/api/core/conversations', {}, { token }),
    );
    const call = { conversation_id: conversation.id, provider: 'first' };
    await scriptProviders({ tokens: 8, delayMs: 2, dropAfter: 3 });
    const broken = await generateStream(app, call, { token });
    await scriptProviders({ status: 500 });
    await expectStatus(502, generate(app, call, { token }));
    const { body: messages } = await app.get(`/api/core/conversations/${conversation.id}/messages`, {
      token,
    });
    expect(messages.filter(({ role }: { role: string }) => role === 'assistant')).toMatchObject([
      { content: displayedText(broken), complete: false, finish_reason: 'error' },
    ]);
  });

  function expectRoute(route: object[], times: number, reason: RegExp): void {
    expect(route).toEqual([
      {
        provider: 'first',
        model: 'first-large',
        outcome: 'failed',
        attempts: times,
        reason: expect.stringMatching(reason),
      },
      { provider: 'second', model: 'second-large', outcome: 'answered', attempts: 1, reason: null },
    ]);
  }

  function expectReasons(providers: object[], reason: RegExp): void {
    expect(providers).toEqual([
      { provider: 'first', reason: expect.stringMatching(reason) },
      { provider: 'second', reason: 'It failed with a server error.' },
    ]);
  }

  function restartEvents(events: readonly SseEvent[]): unknown[] {
    return events.flatMap(({ event, data }) => (event === 'restart' ? [data] : []));
  }
});
