import {
  expectHonest,
  type Fault,
  FAULTS,
  isSilent,
  UPSTREAM_WORDS,
} from '@test/support/ai/provider-faults.js';
import {
  type AiApp,
  generate,
  givenAiApp,
  HASTY,
  type SseEvent,
  shownBy,
  type Step,
  stream,
} from '@test/support/ai/ai-app.js';
import type { TestApp } from '@test/support/app/test-app.js';
import { expectStatus, givenUser } from '@test/support/auth/given-users.js';

const GOOD = ['The ', 'second ', 'one ', 'answers.'];
const WHOLE = GOOD.join('');
/** What the first says when it is well. */
const WELL = 'All is well.';

describe('a provider that lets its caller down', () => {
  let ai: AiApp;
  let hasty: TestApp;
  let app: TestApp;
  let token: string;

  beforeAll(async () => {
    ai = await givenAiApp();
    hasty = await ai.beside(HASTY);
    app = ai.app;
    token = (await givenUser(ai.app)).accessToken;
  });
  afterAll(() => ai.stop());

  /** A good answer of a named provider ends what was held against it. */
  async function heal(): Promise<void> {
    for (const provider of ['first', 'second']) {
      ai.upstreams[provider]?.script({ text: WELL });
      await expectStatus(200, generate(app, { provider }, { token }));
    }
  }

  async function breaking(...steps: Step[]): Promise<void> {
    await heal();
    for (const [index, name] of ['first', 'second'].entries())
      ai.upstreams[name]?.script(steps[index] ?? { text: GOOD, delayMs: 1 });
  }

  function expectSilentAbout(answer: unknown): void {
    const told = JSON.stringify(answer);
    expect(told).not.toContain(UPSTREAM_WORDS);
    expect(told).not.toMatch(/sk-first|127\.0\.0\.1|ECONN/);
  }

  describe.each(FAULTS)('with $name', ({ step, refusal, reason, attempts, midway }: Fault) => {
    const [status, code] = refusal;
    beforeAll(() => (app = isSilent(step) ? hasty : ai.app));
    afterAll(() => (app = ai.app));

    it('is named for what it is, and nobody else is asked', async () => {
      await breaking(step);
      const asked = ai.upstreams.second?.requests.length;
      const answer = await generate(app, { provider: 'first' }, { token });
      expect([answer.status, answer.body.code]).toEqual([status, code]);
      expectSilentAbout(answer.body);
      await breaking(step);
      const events = await stream(app, { provider: 'first' }, { token });
      const last = expectHonest(events, []);
      expect(last).toMatchObject({ event: 'error', data: { code, request_id: expect.any(String) } });
      expect(shownBy(events) !== '').toBe(midway === true);
      expectSilentAbout(events);
      expect(ai.upstreams.second?.requests.length).toBe((asked ?? 0) + 1); // the one that heals
    });

    it('is replaced by the next one, and the receipt says why', async () => {
      await breaking(step);
      const answer = await expectStatus(200, generate(app, {}, { token }));
      expect(answer.body).toMatchObject({ content: WHOLE, provider: 'auto', finish_reason: 'stop' });
      expectRoute(answer.body.route, attempts[0], reason);
      await breaking(step);
      const events = await stream(app, {}, { token });
      const last = expectHonest(events, [WHOLE]);
      expect(last.event).toBe('done');
      expectRoute(last.data.route, attempts[1], reason);
      expect(restartsOf(events)).toEqual(midway ? [{ provider: 'second', model: 'second-large' }] : []);
      expectSilentAbout([answer.body, events]);
    });

    it('is told of when nobody can answer', async () => {
      await breaking(step, { status: 500, body: UPSTREAM_WORDS });
      const answer = await generate(app, {}, { token });
      expect([answer.status, answer.body.code]).toEqual([503, 'ai_unavailable']);
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      expectReasons(answer.body.detail.providers, reason);
      await breaking(step, { status: 500, body: UPSTREAM_WORDS });
      const events = await stream(app, {}, { token });
      const last = expectHonest(events, []);
      expect(last).toMatchObject({ event: 'error', data: { code: 'ai_unavailable' } });
      expectReasons(last.data.detail.providers, reason);
      expectSilentAbout([answer.body, events]);
    });
  });

  it('answers when it breaks only once', async () => {
    for (const once of [{ status: 500 }, { status: 429 }, { hangUp: true }, { raw: '' }] as const) {
      await heal();
      ai.upstreams.first?.script(once, { text: GOOD });
      const { body } = await expectStatus(200, generate(app, { provider: 'first' }, { token }));
      expect(body).toMatchObject({
        content: WHOLE,
        route: [{ outcome: 'answered', attempts: 2, reason: null }],
      });
      ai.upstreams.first?.script(once, { text: GOOD });
      const last = expectHonest(await stream(app, { provider: 'first' }, { token }), [WHOLE]);
      expect(last.data).toMatchObject({ route: [{ provider: 'first', outcome: 'answered', attempts: 2 }] });
    }
  });

  it('is waited for when it asks for a moment and nobody else is there', async () => {
    await heal();
    ai.upstreams.first?.script({ status: 429, headers: { 'retry-after': '1' } }, { text: GOOD });
    const { body } = await expectStatus(200, generate(app, { provider: 'first' }, { token }));
    expect(body.route).toMatchObject([{ outcome: 'answered', attempts: 2 }]);
  });

  it('hands its own wait on', async () => {
    await heal();
    ai.upstreams.first?.script({ status: 429, headers: { 'retry-after': '17' } });
    const { headers } = await expectStatus(503, generate(app, { provider: 'first' }, { token }));
    expect(headers['retry-after']).toBe('17');
  });

  it('may fail with what cannot be shown or stored, and the screen still shows what is stored', async () => {
    await heal();
    const odd = ['nul \u0000, ', 'half \ud83d', ' and ', '\ude00 whole \ud83d\ude00', ' \ud800'];
    ai.upstreams.first?.script({ text: odd, delayMs: 2, escaped: true });
    const events = await stream(app, { provider: 'first' }, { token });
    const shown = shownBy(events);
    expect(events.at(-1)).toMatchObject({ event: 'done', data: { content: shown } });
    expect(shown).not.toContain('\u0000');
    expect(shown).toContain('whole \ud83d\ude00');
  });

  it('is the same to a conversation: nothing that broke off is stored as an answer', async () => {
    const { body: conversation } = await expectStatus(
      201,
      app.post('/api/core/conversations', {}, { token }),
    );
    const call = { conversation_id: conversation.id, provider: 'first' };
    await breaking({ tokens: 8, delayMs: 2, dropAfter: 3 });
    const broken = await stream(app, call, { token });
    await breaking({ status: 500 });
    await expectStatus(502, generate(app, call, { token }));
    const { body: messages } = await app.get(`/api/core/conversations/${conversation.id}/messages`, {
      token,
    });
    expect(messages.filter(({ role }: { role: string }) => role === 'assistant')).toMatchObject([
      { content: shownBy(broken), complete: false, finish_reason: 'error' },
    ]);
  });

  function expectRoute(route: object[], times: number, reason: RegExp): void {
    expect(route).toEqual([
      {
        ...{ provider: 'first', model: 'first-large', outcome: 'failed', attempts: times },
        reason: expect.stringMatching(reason),
      },
      { provider: 'second', model: 'second-large', outcome: 'answered', attempts: 1, reason: null },
    ]);
  }

  function expectReasons(providers: object[], reason: RegExp): void {
    expect(providers).toEqual([
      { provider: 'first', reason: expect.stringMatching(reason) },
      { provider: 'second', reason: 'It failed with an error of its own.' },
    ]);
  }

  function restartsOf(events: readonly SseEvent[]): unknown[] {
    return events.flatMap(({ event, data }) => (event === 'restart' ? [data] : []));
  }
});
