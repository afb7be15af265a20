import { Client } from 'pg';
import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import {
  enableTwoFactor,
  getTempToken,
  givenOwner,
  givenUser,
  PASSWORD,
} from '@test/support/auth/given-users.js';
import {
  finishXcLogin,
  nextTotpCode,
  requestPasswordGrant,
  wrongCode,
} from '@test/support/auth/two-factor-steps.js';
import { expectStatus } from '@test/support/http/responses.js';

const HOUR = 3600;
const DAY = 24 * HOUR;

describe('limits of requests', () => {
  let app: TestApp;
  let count = 0;

  beforeAll(async () => {
    app = await TestApp.start({ env: { TRUST_PROXY: '1', RATE_LIMITS: 'on' } });
  });
  beforeEach(() => app.clock.advance(DAY + 1));
  afterAll(() => app.stop());

  const newNetwork = (): string => `198.51.100.${(count += 1)}`;
  const from = (address: string): { headers: Record<string, string> } => ({
    headers: { 'x-forwarded-for': address },
  });
  const register = (body: object, address: string): Promise<TestResponse> =>
    app.post('/api/auth/register', body, from(address));
  const newAccount = (): object => {
    const username = `limited-${(count += 1)}`;
    return { username, email: `${username}@example.com`, password: PASSWORD };
  };
  const window = ({ headers }: TestResponse): unknown[] => [
    headers['ratelimit-limit'],
    headers['ratelimit-remaining'],
  ];
  /** The body of a 429, which must not depend on the address. */
  const refusal = ({ status, body, headers }: TestResponse): object => {
    const { detail, code } = body as Record<string, unknown>;
    return {
      status,
      detail,
      code,
      limit: headers['ratelimit-limit'],
      remaining: headers['ratelimit-remaining'],
    };
  };

  it('count the accounts that were created, and not the refused registrations', async () => {
    const network = newNetwork();
    for (let index = 0; index < 15; index += 1)
      await expectStatus(400, register({ ...newAccount(), password: 'password1' }, network));
    for (let index = 0; index < 10; index += 1) {
      const created = await expectStatus(201, register(newAccount(), network));
      expect(window(created)).toEqual(['10', String(9 - index)]);
    }
    expect((await register(newAccount(), network)).status).toBe(429);
  });

  it('refuse a network after 120 refused registrations an hour, before the fields are validated', async () => {
    const network = newNetwork();
    const responses = await Promise.all(Array.from({ length: 130 }, () => register({ x: 1 }, network)));
    const statuses = responses.map(({ status }) => status);
    expect(statuses.filter((status) => status === 400)).toHaveLength(120);
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
    const xc = await app.post('/api/v1/auth/register', {}, from(network));
    expect([xc.status, ...window(xc)]).toEqual([429, '120', '0']);
    await expectStatus(201, register(newAccount(), newNetwork()));
    app.clock.advance(HOUR + 1);
    await expectStatus(201, register(newAccount(), network));
  });

  it.each(['forgot-password', 'resend-verification'])(
    'refuse a network after 100 requests an hour of %s, whatever the address',
    async (operation) => {
      const network = newNetwork();
      const { email } = await givenUser(app);
      const send = (address: string): Promise<TestResponse> =>
        app.post(`/api/v1/auth/${operation}`, { email: address }, from(network));
      for (let index = 0; index < 100; index += 1)
        await expectStatus(200, send(`${operation}-${index}@example.com`));
      const refusals = [await send(email), await send('unknown@example.com')].map(refusal);
      expect(refusals[0]).toEqual({
        status: 429,
        detail: 'Too many attempts. Try again later.',
        code: 'too_many_attempts',
        limit: '100',
        remaining: '0',
      });
      expect(refusals[1]).toEqual(refusals[0]);
    },
  );

  it('allow an organization 50 mails a day to addresses that its members chose', async () => {
    const { accessToken: token } = await givenOwner(app);
    const provision = (): Promise<TestResponse> =>
      app.post('/api/v1/users', { email: `p${(count += 1)}@example.com` }, { token });
    const invite = (): Promise<TestResponse> =>
      app.post('/api/v1/invitations', { email: `i${(count += 1)}@example.com`, role: 'member' }, { token });
    for (let index = 0; index < 25; index += 1) {
      await expectStatus(201, provision());
      await expectStatus(201, invite());
    }
    const refused = [await provision(), await invite()];
    expect(refused.map((response) => [response.status, ...window(response)])).toEqual([
      [429, '50', '0'],
      [429, '50', '0'],
    ]);
    const taken = await app.post('/api/v1/users', { email: `p${count - 3}@example.com` }, { token });
    expect(refusal(taken)).toEqual(refusal(refused[0] as TestResponse));
    app.clock.advance(DAY + 1);
    expect((await requestPasswordGrant(app, await givenUser(app))).status).toBe(200);
  });

  it('do not count mails that were not sent', async () => {
    const { accessToken: token, email } = await givenOwner(app);
    for (let index = 0; index < 51; index += 1)
      await expectStatus(409, app.post('/api/v1/users', { email }, { token }));
    await expectStatus(201, app.post('/api/v1/users', { email: `q${(count += 1)}@example.com` }, { token }));
  });

  it('answer a request for a link without reading accounts: its time does not tell whether one exists', async () => {
    const { email } = await givenUser(app);
    const other = new Client({ connectionString: app.databaseUrl });
    await other.connect();
    await other.query('BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE');
    try {
      for (const operation of ['forgot-password', 'resend-verification'])
        for (const address of [email, 'nobody@example.com'])
          await expectStatus(200, app.post(`/api/v1/auth/${operation}`, { email: address }));
    } finally {
      await other.end();
    }
    const subjects = (await app.mails(email)).map(({ subject }) => subject);
    expect(subjects).toEqual(expect.arrayContaining(['Reset your password', 'Confirm your e-mail address']));
    expect(await app.mails('nobody@example.com')).toEqual([]);
  });
});

describe('the headers of limits', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start({ env: { TRUST_PROXY: '1' } });
  });
  afterAll(() => app.stop());

  const limitOf = ({ headers }: TestResponse): unknown[] =>
    ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'].map((name) => headers[name]);

  it('show the window that is full first, and nothing after a success', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const wrong = await expectStatus(401, requestPasswordGrant(app, { ...user, password: 'wrong' }));
    expect(limitOf(wrong).slice(0, 2)).toEqual(['10', '9']);
    const right = await app.post('/api/v1/auth/login', { email: user.email, password: user.password });
    expect(limitOf(right)).toEqual([undefined, undefined, undefined]);
    const tempToken = right.body.temp_token as string;
    const wrongStep = await finishXcLogin(app, tempToken, wrongCode(app, user));
    expect([wrongStep.status, ...limitOf(wrongStep).slice(0, 2)]).toEqual([401, '5', '4']);
    expect(Number(limitOf(wrongStep)[2])).toBeLessThanOrEqual(900);
    const finished = await expectStatus(200, finishXcLogin(app, tempToken, nextTotpCode(app, user)));
    expect(limitOf(finished)).toEqual([undefined, undefined, undefined]);
  });

  it('after a reset by mail the account may try passwords again, but not more second factors', async () => {
    const user = await givenUser(app);
    await enableTwoFactor(app, user, 'totp');
    const attempt = (index: number): Promise<TestResponse> =>
      app.post(
        '/api/v1/auth/login',
        { email: user.email, password: 'a wrong password' },
        { headers: { 'x-forwarded-for': `192.0.2.${Math.floor(index / 10)}` } },
      );
    const tempToken = await getTempToken(app, user);
    for (let index = 0; index < 5; index += 1)
      await expectStatus(401, finishXcLogin(app, tempToken, wrongCode(app, user)));
    for (let index = 0; index < 100; index += 1) await expectStatus(401, attempt(index));
    const { email } = user;
    expect((await app.post('/api/v1/auth/login', { email, password: user.password })).status).toBe(429);
    await expectStatus(200, app.post('/api/v1/auth/forgot-password', { email }));
    const token = await app.lastLinkToken(email, 'reset-password');
    const password = 'walrus paints eleven harbours';
    await expectStatus(200, app.post('/api/v1/auth/reset-password', { token, password }));
    const nextTempToken = await getTempToken(app, { email, password });
    expect((await finishXcLogin(app, nextTempToken, nextTotpCode(app, user))).status).toBe(429);
  });
});
