import { type AiApp, generate, givenAiApp, generateStream } from '@test/support/ai/ai-app.js';
import { waitUntil } from '@test/support/app/server-process.js';
import type { TestResponse } from '@test/support/app/test-app.js';
import { givenUser } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';
import { inParallel } from '@test/support/organizations/given-organizations.js';

const SKIPPED_AFTER_FAILURES =
  'It failed with a server error. It is skipped for a while because of recent failures.';

describe('routing', () => {
  let ai: AiApp;
  let token: string;

  beforeAll(async () => {
    ai = await givenAiApp();
    ai.app.clock.freeze();
    token = (await givenUser(ai.app)).accessToken;
  });
  afterAll(() => ai.stop());

  /** Closes all circuits and forgets all requests. */
  beforeEach(async () => {
    for (const [provider, fakeProvider] of Object.entries(ai.fakeProviders)) {
      fakeProvider.script({ text: 'Second.' });
      await expectStatus(200, generate(ai.app, { provider }, { token }));
      fakeProvider.requests.length = 0;
    }
  });

  function countProviderRequests(name: string): number {
    return ai.fakeProviders[name]?.requests.filter(({ method }) => method === 'POST').length ?? 0;
  }

  async function getProvider(name: string): Promise<object> {
    const { body } = await expectStatus(200, ai.app.get('/api/ai/providers', { token }));
    return body.providers.find(({ id }: { id: string }) => id === name);
  }

  function requestGeneration(body: object): Promise<TestResponse> {
    return generate(ai.app, body, { token });
  }

  /** Two requests with two attempts each. */
  async function openFirstCircuit(): Promise<void> {
    ai.fakeProviders.first?.script({ status: 500 });
    for (let time = 0; time < 2; time += 1) await expectStatus(200, generate(ai.app, {}, { token }));
  }

  it('skips a provider after three failures, and says so', async () => {
    await openFirstCircuit();
    expect(countProviderRequests('first')).toBe(4);
    for (const answer of [
      (await expectStatus(200, generate(ai.app, {}, { token }))).body,
      (await generateStream(ai.app, {}, { token })).at(-1)?.data,
    ])
      expect(answer.route).toEqual([
        { provider: 'first', model: null, outcome: 'skipped', attempts: 0, reason: SKIPPED_AFTER_FAILURES },
        { provider: 'second', model: 'second-large', outcome: 'answered', attempts: 1, reason: null },
      ]);
    expect(countProviderRequests('first')).toBe(4);
  });

  it('tries a skipped provider again after 30 seconds, and uses it after a success', async () => {
    await openFirstCircuit();
    ai.fakeProviders.first?.script({ text: 'First.' });
    ai.app.clock.advance(28);
    expect((await generate(ai.app, {}, { token })).body.content).toBe('Second.');
    ai.app.clock.advance(3);
    expect((await generate(ai.app, {}, { token })).body.content).toBe('First.');
    ai.fakeProviders.first?.script({ status: 500 }, { text: 'First.' });
    expect((await generate(ai.app, {}, { token })).body.route).toMatchObject([
      { outcome: 'answered', attempts: 2 },
    ]);
  });

  it('sends one probe, and other requests to the next provider', async () => {
    await openFirstCircuit();
    ai.app.clock.advance(31);
    ai.fakeProviders.first?.script({ status: 401, hold: 0 });
    let elsewhere = 0;
    const answering = inParallel(12, async () => {
      const response = await expectStatus(200, generate(ai.app, {}, { token }));
      elsewhere += 1;
      return response;
    });
    await waitUntil(() => elsewhere === 11, 20_000);
    ai.fakeProviders.first?.releaseHeld();
    const responses = await answering;
    expect(countProviderRequests('first')).toBe(5);
    expect(responses.every(({ body }) => body.content === 'Second.')).toBe(true);
    expect((await generate(ai.app, {}, { token })).body.route[0]).toMatchObject({ outcome: 'skipped' });
  });

  it('makes the next request the probe when the first one was cancelled', async () => {
    await openFirstCircuit();
    ai.app.clock.advance(31);
    ai.fakeProviders.first?.script({ hold: 0 }, { text: 'First.' });
    const key = { token, headers: { 'idempotency-key': 'finds-out' } };
    const leaving = generate(ai.app, { stream: true }, key);
    await waitUntil(() => countProviderRequests('first') === 5, 5000);
    const [{ id = '' } = {}] = await ai.app.sql<{ id: string }>(
      "SELECT id FROM generations WHERE state = 'running'",
    );
    await expectStatus(200, ai.app.post(`/api/ai/generations/${id}/stop`, undefined, { token }));
    await leaving;
    expect((await generate(ai.app, {}, { token })).body.content).toBe('First.');
  });

  it('asks a named provider despite an open circuit, and closes it after a success', async () => {
    await openFirstCircuit();
    ai.fakeProviders.first?.script({ text: 'First.' });
    const { body } = await expectStatus(200, generate(ai.app, { provider: 'first' }, { token }));
    expect(body).toMatchObject({ content: 'First.', provider: 'first', route: [{ outcome: 'answered' }] });
    expect((await generate(ai.app, {}, { token })).body.content).toBe('First.');
  });

  it('lists the health of providers with the reasons', async () => {
    expect(await getProvider('first')).toEqual({
      id: 'first',
      name: 'first',
      models: ['first-large', 'first-small'],
      available: true,
      health: 'healthy',
      reason: null,
    });
    ai.fakeProviders.first?.script({ status: 401 });
    await generate(ai.app, {}, { token });
    const reason = 'It rejected its API key.';
    expect(await getProvider('first')).toMatchObject({ available: true, health: 'degraded', reason });
    for (let time = 0; time < 2; time += 1) await generate(ai.app, {}, { token });
    expect(await getProvider('first')).toMatchObject({ available: false, health: 'unavailable', reason });
    expect(await getProvider('auto')).toMatchObject({ available: true, health: 'healthy' });
    expect(await getProvider('openai')).toMatchObject({
      available: false,
      health: 'unavailable',
      models: [],
      reason: 'It is not configured on this server (OPENAI_API_KEY).',
    });
    expect(await getProvider('local')).toMatchObject({ available: true });
  });

  it('returns Retry-After when every provider is skipped', async () => {
    ai.fakeProviders.first?.script({ status: 500 });
    ai.fakeProviders.second?.script({ status: 401 });
    for (let time = 0; time < 3; time += 1) await expectStatus(503, requestGeneration({}));
    const before = countProviderRequests('first') + countProviderRequests('second');
    const { body, headers } = await expectStatus(503, requestGeneration({}));
    expect(countProviderRequests('first') + countProviderRequests('second')).toBe(before);
    expect(body).toMatchObject({
      code: 'ai_unavailable',
      detail: { providers: [{ reason: SKIPPED_AFTER_FAILURES }, {}] },
    });
    expect(Number(headers['retry-after'])).toBeGreaterThan(20);
    expect(await getProvider('auto')).toMatchObject({
      available: false,
      reason: 'No provider is available.',
    });
  });

  it('does not skip a provider because of invalid requests', async () => {
    ai.fakeProviders.first?.script({ status: 400 });
    for (let time = 0; time < 5; time += 1) await expectStatus(502, requestGeneration({ provider: 'first' }));
    ai.fakeProviders.first?.script({ text: 'First.' });
    expect((await generate(ai.app, {}, { token })).body.content).toBe('First.');
  });

  it('accepts a model in place of a provider; the names of providers come first', async () => {
    const { body } = await expectStatus(200, generate(ai.app, { provider: 'second-small' }, { token }));
    expect(body).toMatchObject({ provider: 'second-small', model: 'second-small', content: 'Second.' });
    const model = { provider: 'second', model: 'second-small' };
    expect((await expectStatus(200, generate(ai.app, model, { token }))).body.model).toBe('second-small');
    const auto = { provider: 'auto', model: 'second-small' };
    const routed = (await expectStatus(200, generate(ai.app, auto, { token }))).body;
    expect(routed).toMatchObject({
      provider: 'auto',
      model: 'second-small',
      route: [{ provider: 'second' }],
    });
    expect(countProviderRequests('first')).toBe(0);
  });

  it.each([
    [{ provider: 'unknown' }, 'provider'],
    [{ provider: 'FIRST' }, 'provider'],
    [{ provider: '__proto__' }, 'provider'],
    [{ provider: 'first', model: 'second-large' }, 'model'],
    [{ provider: 'auto', model: 'gpt-99' }, 'model'],
    [{ provider: 'first-large', model: 'first-small' }, 'provider'],
  ])('names the invalid field of %j', async (body, path) => {
    for (const mode of [{}, { stream: true }]) {
      const response = await requestGeneration({ ...body, ...mode });
      expect([response.status, response.body.code]).toEqual([400, 'validation_failed']);
      expect(response.body.detail.fields).toMatchObject([{ path }]);
    }
    expect(countProviderRequests('first') + countProviderRequests('second')).toBe(0);
  });

  it('names the missing configuration of a known provider, also instead of a stream', async () => {
    for (const mode of [{}, { stream: true }]) {
      const { body } = await expectStatus(503, requestGeneration({ provider: 'openai', ...mode }));
      expect(body).toMatchObject({
        code: 'ai_unavailable',
        detail: { providers: [{ provider: 'openai', reason: expect.stringContaining('OPENAI_API_KEY') }] },
      });
    }
  });
});

describe('a provider that lists its models itself', () => {
  let ai: AiApp;
  let token: string;

  beforeAll(async () => {
    ai = await givenAiApp(['first', 'second'], { env: { OPENAI_COMPATIBLE_FIRST_MODELS: '' } });
    token = (await givenUser(ai.app)).accessToken;
  });
  afterAll(() => ai.stop());

  it('is not skipped because a client requests models that it does not have', async () => {
    ai.fakeProviders.first?.script({ status: 404 });
    for (let time = 0; time < 4; time += 1)
      await expectStatus(502, generate(ai.app, { provider: 'first', model: 'bogus' }, { token }));
    ai.fakeProviders.first?.script({ text: 'First.' });
    const { body } = await expectStatus(200, generate(ai.app, {}, { token }));
    expect(body).toMatchObject({ content: 'First.', model: 'model-a', route: [{ provider: 'first' }] });
  });

  it('keeps its last good list when a later one cannot be fetched', async () => {
    ai.app.clock.advance(60);
    ai.fakeProviders.first?.script({ text: 'First.' });
    const { first } = ai.fakeProviders;
    if (first) first.modelListAnswer = { status: 500 };
    const { body } = await expectStatus(200, generate(ai.app, {}, { token }));
    expect(body.route).toMatchObject([{ provider: 'first', outcome: 'answered' }]);
    expect((await generateStream(ai.app, {}, { token })).at(-1)).toMatchObject({ event: 'done' });
  });
});
