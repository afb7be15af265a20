import fc from 'fast-check';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { TestResponse } from '@test/support/app/test-app.js';
import { TestApp } from '@test/support/app/test-app.js';
import { type TestUser, givenUser } from '@test/support/auth/given-users.js';
import { RefreshModel, type SessionStep } from '@test/support/auth/refresh-model.js';
import { expectStatus } from '@test/support/http/responses.js';

const DAY_SECONDS = 86_400;

describe('refresh tokens', () => {
  let app: TestApp;
  let user: TestUser;

  beforeAll(async () => {
    app = await TestApp.start();
    user = await givenUser(app);
  });
  afterAll(() => app.stop());

  async function login(): Promise<{ access: string; refresh: string }> {
    const form = { username: user.username, password: user.password };
    const { body } = await expectStatus(200, app.post('/api/auth/token', undefined, { form }));
    return { access: body.access_token, refresh: body.refresh_token };
  }

  const refresh = (token: string, node = app): Promise<TestResponse> =>
    node.post('/api/auth/refresh', { refresh_token: token });
  const getMe = (token: string): Promise<TestResponse> => app.get('/api/auth/me', { token });

  async function expectEndedSession(access: string[], tokens: string[]): Promise<void> {
    for (const token of access) expect((await getMe(token)).body).toMatchObject({ code: 'token_invalid' });
    for (const token of tokens) {
      const refused = await refresh(token);
      expect([refused.status, refused.body.detail]).toEqual([401, 'Invalid or expired token']);
    }
    for (const token of access) await expectStatus(401, app.post('/api/auth/refresh', undefined, { token }));
  }

  it('leave one current token after 50 concurrent refreshes on two nodes', async () => {
    const other = await TestApp.start({ siblingOf: app });
    try {
      const first = await login();
      const nodes = Array.from({ length: 50 }, (_, index) => (index % 2 ? app : other));
      const responses = await Promise.all(nodes.map((node) => refresh(first.refresh, node)));
      expect(responses.map(({ status }) => status)).toEqual(nodes.map(() => 200));
      const tokens = new Set(responses.map(({ body }) => body.refresh_token as string));
      expect(tokens.size).toBe(1);
      const [second = ''] = tokens;
      const third = await expectStatus(200, refresh(second));
      app.clock.advance(11);
      await expectStatus(200, refresh(third.body.refresh_token, other));
    } finally {
      await other.stop();
    }
  });

  it('of other sessions do not wait for a session that another transaction has locked', async () => {
    const [locked, other] = [await login(), await login()];
    const sid = (token: string): string =>
      (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sid: string }).sid;
    const client = await app.nest.get(UnitOfWork).pool.connect();
    try {
      await client.query('BEGIN');
      await client.query('SELECT id FROM sessions WHERE id = $1 FOR UPDATE', [sid(locked.access)]);
      const [waiting, ...free] = [locked, other].map(({ refresh: token }) => refresh(token));
      for (const response of await Promise.all(free)) expect(response.status).toBe(200);
      await client.query('COMMIT');
      expect((await waiting)?.status).toBe(200);
    } finally {
      client.release();
    }
  });

  it('return the same next token to a retry after a lost response', async () => {
    const first = await login();
    const lost = await expectStatus(200, refresh(first.refresh));
    app.clock.advance(8);
    const retried = await expectStatus(200, refresh(first.refresh));
    expect(retried.body.refresh_token).toBe(lost.body.refresh_token);
    expect(retried.body).toMatchObject({ token_type: 'bearer', expires_in: 900 });
    await expectStatus(200, refresh(retried.body.refresh_token));
  });

  it('end the session when the previous token is used after more than 10 seconds', async () => {
    const first = await login();
    const second = await expectStatus(200, refresh(first.refresh));
    app.clock.advance(11);
    await expectStatus(401, refresh(first.refresh));
    await expectEndedSession(
      [first.access, second.body.access_token],
      [first.refresh, second.body.refresh_token],
    );
  });

  it('end the session when an older token is used, however soon', async () => {
    const first = await login();
    const second = await expectStatus(200, refresh(first.refresh));
    const third = await expectStatus(200, refresh(second.body.refresh_token));
    await expectStatus(401, refresh(first.refresh));
    const access = [first.access, second.body.access_token, third.body.access_token];
    await expectEndedSession(access, [first.refresh, second.body.refresh_token, third.body.refresh_token]);
  });

  it('leave the other sessions of the user unchanged when one is replayed', async () => {
    const [one, two] = [await login(), await login()];
    await expectStatus(200, refresh(one.refresh));
    app.clock.advance(11);
    await expectStatus(401, refresh(one.refresh));
    await expectStatus(200, getMe(two.access));
    await expectStatus(200, refresh(two.refresh));
  });

  it('do not end a session for a forged token that names it', async () => {
    const [victim, other] = [await login(), await login()];
    const live = await expectStatus(200, refresh(victim.refresh));
    await expectStatus(200, refresh(live.body.refresh_token));
    app.clock.advance(11);
    const bytes = Buffer.from(victim.refresh.slice(3), 'base64url');
    const foreign = Buffer.from(other.refresh.slice(3), 'base64url');
    const forged = [
      ...[0, 1, 20, 24, 25, 56].map((at) => changeBytes(bytes, (copy) => (copy[at] = (copy[at] ?? 0) ^ 1))),
      changeBytes(bytes, (copy) => copy.fill(0, 25)),
      changeBytes(bytes, (copy) => copy.writeUInt32BE(0, 21)),
      changeBytes(bytes, (copy) => copy.writeUInt32BE(0xffffffff, 21)),
      changeBytes(foreign, (copy) => bytes.copy(copy, 5, 5, 21)), // the victim's session, another's MAC
      encodeToken(bytes.subarray(0, 56)),
      encodeToken(Buffer.concat([bytes, Buffer.of(0)])),
      victim.refresh.slice(3),
      'xr_',
    ];
    for (const text of forged) {
      const refused = await refresh(text);
      expect([refused.status, refused.body.code]).toEqual([401, 'token_invalid']);
      await expectStatus(401, app.post('/api/auth/logout', { refresh_token: text }));
    }
    await expectStatus(200, getMe(victim.access));
    await expectStatus(200, refresh(other.refresh));
    await expectStatus(401, refresh(victim.refresh)); // the genuine one does end it
    await expectEndedSession([victim.access], []);
  });

  it('end with the session, 30 days after the login, whatever its activity', async () => {
    let { access, refresh: current } = await login();
    for (let day = 6; day <= 24; day += 6) {
      app.clock.advance(6 * DAY_SECONDS);
      current = (await expectStatus(200, refresh(current))).body.refresh_token;
    }
    app.clock.advance(6 * DAY_SECONDS - 300);
    const last = await expectStatus(200, refresh(current));
    expect(last.body.expires_in).toBeGreaterThan(200);
    expect(last.body.expires_in).toBeLessThanOrEqual(300);
    access = last.body.access_token;
    await expectStatus(200, getMe(access));
    app.clock.advance(301);
    await expectEndedSession([access], [last.body.refresh_token]);
  });

  it('end with a session that was not used for 7 days', async () => {
    const [busy, idle] = [await login(), await login()];
    app.clock.advance(7 * DAY_SECONDS - 60);
    const kept = await expectStatus(200, refresh(busy.refresh));
    app.clock.advance(61);
    await expectEndedSession([idle.access], [idle.refresh]);
    await expectStatus(200, refresh(kept.body.refresh_token));
  });

  it('keep at most one current token, whatever several holders do', async () => {
    const client = fc.integer({ min: 0, max: 2 });
    const step: fc.Arbitrary<SessionStep> = fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('rotate' as const), client }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('lose' as const), client }) },
      {
        weight: 2,
        arbitrary: fc.record({
          kind: fc.constant('replay' as const),
          client,
          back: fc.integer({ min: 0, max: 3 }),
        }),
      },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('steal' as const), from: client, to: client }) },
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constant('burst' as const),
          clients: fc.array(client, { minLength: 2, maxLength: 8 }),
        }),
      },
      {
        weight: 3,
        arbitrary: fc.record({
          kind: fc.constant('wait' as const),
          seconds: fc.constantFrom(1, 4, 11, 600, 901, DAY_SECONDS + 3600, 6 * DAY_SECONDS),
        }),
      },
    );
    const property = fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
      const form = { username: user.username, password: user.password };
      const model = await RefreshModel.start(app, () => app.post('/api/auth/token', undefined, { form }), 3);
      for (const one of steps) await model.apply(one);
      expect(await model.countSurvivors()).toBeLessThanOrEqual(1);
      expect(model.faults).toEqual([]);
    });
    await fc.assert(property, { numRuns: 40 });
  });
});

function encodeToken(bytes: Buffer): string {
  return `xr_${bytes.toString('base64url')}`;
}

function changeBytes(bytes: Buffer, change: (copy: Buffer) => unknown): string {
  const copy = Buffer.from(bytes);
  change(copy);
  return encodeToken(copy);
}
