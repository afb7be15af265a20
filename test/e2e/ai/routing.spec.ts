import { type AiApp, generate, givenAiApp, stream } from '@test/support/ai/ai-app.js';
import type { Answer } from '@test/support/app/test-app.js';
import { expectStatus, givenUser } from '@test/support/auth/given-users.js';
import { together } from '@test/support/organizations/given-organizations.js';
import { eventually } from '@test/support/app/server-process.js';

const LEFT_ALONE = 'It failed with an error of its own. It is left alone for a moment.';

describe('routing', () => {
  let ai: AiApp;
  let token: string;

  beforeAll(async () => {
    ai = await givenAiApp();
    ai.app.clock.freeze();
    token = (await givenUser(ai.app)).accessToken;
  });
  afterAll(() => ai.stop());

  /** Nothing is held against anybody, and nobody has been asked. */
  beforeEach(async () => {
    for (const [provider, upstream] of Object.entries(ai.upstreams)) {
      upstream.script({ text: 'Second.' });
      await expectStatus(200, generate(ai.app, { provider }, { token }));
      upstream.requests.length = 0;
    }
  });

  function asked(name: string): number {
    return ai.upstreams[name]?.requests.filter(({ method }) => method === 'POST').length ?? 0;
  }

  async function healthOf(name: string): Promise<object> {
    const { body } = await expectStatus(200, ai.app.get('/api/ai/providers', { token }));
    return body.providers.find(({ id }: { id: string }) => id === name);
  }

  function refused(body: object): Promise<Answer> {
    return generate(ai.app, body, { token });
  }

  /** Two requests, two attempts each. */
  async function tripFirst(): Promise<void> {
    ai.upstreams.first?.script({ status: 500 });
    for (let time = 0; time < 2; time += 1) await expectStatus(200, generate(ai.app, {}, { token }));
  }

  it('leaves a provider alone that failed three times, and says so', async () => {
    await tripFirst();
    expect(asked('first')).toBe(4);
    for (const answer of [
      (await expectStatus(200, generate(ai.app, {}, { token }))).body,
      (await stream(ai.app, {}, { token })).at(-1)?.data,
    ])
      expect(answer.route).toEqual([
        { provider: 'first', model: null, outcome: 'skipped', attempts: 0, reason: LEFT_ALONE },
        { provider: 'second', model: 'second-large', outcome: 'answered', attempts: 1, reason: null },
      ]);
    expect(asked('first')).toBe(4);
  });

  it('tries it again after half a minute, and trusts it once it answers', async () => {
    await tripFirst();
    ai.upstreams.first?.script({ text: 'First.' });
    ai.app.clock.advance(28);
    expect((await generate(ai.app, {}, { token })).body.content).toBe('Second.');
    ai.app.clock.advance(3);
    expect((await generate(ai.app, {}, { token })).body.content).toBe('First.');
    ai.upstreams.first?.script({ status: 500 }, { text: 'First.' });
    expect((await generate(ai.app, {}, { token })).body.route).toMatchObject([
      { outcome: 'answered', attempts: 2 },
    ]);
  });

  it('sends one request to find out, while the others go elsewhere', async () => {
    await tripFirst();
    ai.app.clock.advance(31);
    ai.upstreams.first?.script({ status: 401, hold: 0 });
    let elsewhere = 0;
    const answering = together(12, async () => {
      const answer = await expectStatus(200, generate(ai.app, {}, { token }));
      elsewhere += 1;
      return answer;
    });
    await eventually(() => elsewhere === 11, 20_000);
    ai.upstreams.first?.release();
    const answers = await answering;
    expect(asked('first')).toBe(5);
    expect(answers.every(({ body }) => body.content === 'Second.')).toBe(true);
    expect((await generate(ai.app, {}, { token })).body.route[0]).toMatchObject({ outcome: 'skipped' });
  });

  it('sends the next one when whoever was to find out goes away', async () => {
    await tripFirst();
    ai.app.clock.advance(31);
    ai.upstreams.first?.script({ hold: 0 }, { text: 'First.' });
    const key = { token, headers: { 'idempotency-key': 'finds-out' } };
    const leaving = generate(ai.app, { stream: true }, key);
    await eventually(() => asked('first') === 5, 5000);
    const [{ id = '' } = {}] = await ai.app.sql<{ id: string }>(
      "SELECT id FROM generations WHERE state = 'running'",
    );
    await expectStatus(200, ai.app.post(`/api/ai/generations/${id}/stop`, undefined, { token }));
    await leaving;
    expect((await generate(ai.app, {}, { token })).body.content).toBe('First.');
  });

  it('asks a named provider whatever is held against it, and forgives it when it answers', async () => {
    await tripFirst();
    ai.upstreams.first?.script({ text: 'First.' });
    const { body } = await expectStatus(200, generate(ai.app, { provider: 'first' }, { token }));
    expect(body).toMatchObject({ content: 'First.', provider: 'first', route: [{ outcome: 'answered' }] });
    expect((await generate(ai.app, {}, { token })).body.content).toBe('First.');
  });

  it('shows how providers are, and why', async () => {
    expect(await healthOf('first')).toEqual({
      ...{ id: 'first', name: 'first', models: ['first-large', 'first-small'] },
      ...{ available: true, health: 'healthy', reason: null },
    });
    ai.upstreams.first?.script({ status: 401 });
    await generate(ai.app, {}, { token });
    const reason = 'It rejected the key it was given.';
    expect(await healthOf('first')).toMatchObject({ available: true, health: 'degraded', reason });
    for (let time = 0; time < 2; time += 1) await generate(ai.app, {}, { token });
    expect(await healthOf('first')).toMatchObject({ available: false, health: 'unavailable', reason });
    expect(await healthOf('auto')).toMatchObject({ available: true, health: 'healthy' });
    expect(await healthOf('openai')).toMatchObject({
      ...{ available: false, health: 'unavailable', models: [] },
      reason: 'It is not configured on this server (OPENAI_API_KEY).',
    });
    expect(await healthOf('local')).toMatchObject({ available: true });
  });

  it('says when everybody is left alone, and until when', async () => {
    ai.upstreams.first?.script({ status: 500 });
    ai.upstreams.second?.script({ status: 401 });
    for (let time = 0; time < 3; time += 1) await expectStatus(503, refused({}));
    const before = asked('first') + asked('second');
    const { body, headers } = await expectStatus(503, refused({}));
    expect(asked('first') + asked('second')).toBe(before);
    expect(body).toMatchObject({
      code: 'ai_unavailable',
      detail: { providers: [{ reason: LEFT_ALONE }, {}] },
    });
    expect(Number(headers['retry-after'])).toBeGreaterThan(20);
    expect(await healthOf('auto')).toMatchObject({ available: false, reason: 'No provider is available.' });
  });

  it('is not talked out of a provider by questions that are wrong themselves', async () => {
    ai.upstreams.first?.script({ status: 400 });
    for (let time = 0; time < 5; time += 1) await expectStatus(502, refused({ provider: 'first' }));
    ai.upstreams.first?.script({ text: 'First.' });
    expect((await generate(ai.app, {}, { token })).body.content).toBe('First.');
  });

  it('takes a model for a provider, with its own name first', async () => {
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
    expect(asked('first')).toBe(0);
  });

  it.each([
    [{ provider: 'nobody' }, 'provider'],
    [{ provider: '' }, 'provider'],
    [{ provider: 'FIRST' }, 'provider'],
    [{ provider: '__proto__' }, 'provider'],
    [{ provider: 'first', model: 'second-large' }, 'model'],
    [{ provider: 'auto', model: 'gpt-99' }, 'model'],
    [{ provider: 'first-large', model: 'first-small' }, 'provider'],
  ])('names the field of %j', async (body, path) => {
    for (const manner of [{}, { stream: true }]) {
      const answer = await refused({ ...body, ...manner });
      expect([answer.status, answer.body.code]).toEqual([400, 'validation_failed']);
      expect(answer.body.detail.fields).toMatchObject([{ path }]);
    }
    expect(asked('first') + asked('second')).toBe(0);
  });

  it('says what a known provider lacks, whole and before a stream begins', async () => {
    for (const manner of [{}, { stream: true }]) {
      const { body } = await expectStatus(503, refused({ provider: 'openai', ...manner }));
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

  it('is not left alone because somebody asks for models it does not have', async () => {
    ai.upstreams.first?.script({ status: 404 });
    for (let time = 0; time < 4; time += 1)
      await expectStatus(502, generate(ai.app, { provider: 'first', model: 'bogus' }, { token }));
    ai.upstreams.first?.script({ text: 'First.' });
    const { body } = await expectStatus(200, generate(ai.app, {}, { token }));
    expect(body).toMatchObject({ content: 'First.', model: 'model-a', route: [{ provider: 'first' }] });
  });

  it('is passed over when it cannot even say what it has', async () => {
    ai.app.clock.advance(60);
    ai.upstreams.first?.script({ text: 'First.' });
    const { first } = ai.upstreams;
    if (first) first.offered = { status: 500 };
    const { body } = await expectStatus(200, generate(ai.app, {}, { token }));
    expect(body.route).toMatchObject([{ provider: 'first', outcome: 'failed' }, { outcome: 'answered' }]);
    expect((await stream(ai.app, {}, { token })).at(-1)).toMatchObject({ event: 'done' });
  });
});
