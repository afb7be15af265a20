import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import { type TestUser, givenUser, PASSWORD, getTempToken } from '@test/support/auth/given-users.js';
import { finishXcLogin, skipMailCooldown } from '@test/support/auth/two-factor-steps.js';
import { expectStatus } from '@test/support/http/responses.js';

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 60 * MINUTE_SECONDS;
const HOME_ADDRESS = '203.0.113.7';

interface LoginAttempt {
  user: Pick<TestUser, 'email' | 'username'>;
  password?: string;
  fromAddress?: string;
}

function expectTooManyAttempts(response: TestResponse, seconds: number): void {
  expect([response.status, response.body.code]).toEqual([429, 'too_many_attempts']);
  expect(response.body.detail).toBe('Too many attempts. Try again later.');
  expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
  expect(Number(response.headers['retry-after'])).toBeLessThanOrEqual(seconds);
}

describe('the login lock, which RATE_LIMITS=off does not disable', () => {
  let app: TestApp;
  let user: TestUser;

  beforeAll(async () => {
    app = await TestApp.start({ env: { TRUST_PROXY: '1', RATE_LIMITS: 'off' } });
  });
  beforeEach(async () => {
    user = await givenUser(app);
  });
  afterAll(() => app.stop());

  const from = (address: string): { headers: Record<string, string> } => ({
    headers: { 'x-forwarded-for': address },
  });
  const logInOnXc = ({
    user: { email },
    password = 'a wrong password',
    fromAddress: address = HOME_ADDRESS,
  }: LoginAttempt): Promise<TestResponse> =>
    app.post('/api/v1/auth/login', { email, password }, from(address));
  const logInOnXentree = ({
    user: { username },
    password = 'a wrong password',
    fromAddress: address = HOME_ADDRESS,
  }: LoginAttempt): Promise<TestResponse> =>
    app.post('/api/auth/token', undefined, { form: { username, password }, ...from(address) });

  /** Sends wrong passwords to both APIs in turn; each one must have been compared. */
  async function failLogins(times: number, address = HOME_ADDRESS): Promise<void> {
    for (let index = 0; index < times; index += 1) {
      const logIn = index % 2 ? logInOnXc : logInOnXentree;
      const { body } = await expectStatus(401, logIn({ user, fromAddress: address }));
      if (body.detail !== 'Invalid email or password') throw new Error(body.detail);
    }
  }

  it('accepts forty concurrent logins with the correct password: only failures count', async () => {
    const logins = Array.from({ length: 40 }, (_, index) =>
      (index % 2 ? logInOnXc : logInOnXentree)({ user, password: PASSWORD }),
    );
    expect((await Promise.all(logins)).map(({ status }) => status)).toEqual(logins.map(() => 200));
  });

  it('refuses also the correct password in both APIs after ten wrong ones, for 15 minutes', async () => {
    await failLogins(10);
    for (const logIn of [logInOnXc, logInOnXentree]) {
      expectTooManyAttempts(await logIn({ user, password: PASSWORD }), 15 * MINUTE_SECONDS);
      expectTooManyAttempts(await logIn({ user }), 15 * MINUTE_SECONDS);
    }
    app.clock.advance(15 * MINUTE_SECONDS - 60);
    expectTooManyAttempts(await logInOnXc({ user, password: PASSWORD }), 60);
    app.clock.advance(61);
    await expectStatus(200, logInOnXc({ user, password: PASSWORD }));
    await expectStatus(200, logInOnXentree({ user, password: PASSWORD }));
  });

  it('reports the remaining attempts', async () => {
    const first = await expectStatus(401, logInOnXc({ user }));
    expect(first.headers).toMatchObject({ 'ratelimit-limit': '10', 'ratelimit-remaining': '9' });
    const second = await expectStatus(401, logInOnXentree({ user }));
    expect(second.headers['ratelimit-remaining']).toBe('8');
    expect(Number(second.headers['ratelimit-reset'])).toBeLessThanOrEqual(15 * MINUTE_SECONDS);
  });

  it('forgets the failures after a correct password', async () => {
    for (let round = 0; round < 3; round += 1) {
      await failLogins(9);
      await expectStatus(200, logInOnXc({ user, password: PASSWORD }));
    }
  });

  it('counts the username and the e-mail address as one account', async () => {
    await failLogins(9);
    const shouting = { ...user, email: ` ${user.email.toUpperCase()} ` };
    await expectStatus(401, logInOnXc({ user: shouting }));
    expectTooManyAttempts(
      await logInOnXentree({ user: { ...user, username: user.email }, password: PASSWORD }),
      15 * MINUTE_SECONDS,
    );
  });

  it('applies to one network and one account', async () => {
    await failLogins(10);
    await expectStatus(200, logInOnXc({ user, password: PASSWORD, fromAddress: '198.51.100.9' }));
    expectTooManyAttempts(await logInOnXc({ user, password: PASSWORD }), 15 * MINUTE_SECONDS);
    await expectStatus(200, logInOnXc({ user: await givenUser(app), password: PASSWORD }));
  });

  it('treats an IPv6 /64 as one network, and mapped IPv4 addresses as IPv4', async () => {
    await failLogins(5, '2001:db8:0:7::1');
    await failLogins(5, '2001:db8:0:7:ffff:ffff:ffff:2');
    expectTooManyAttempts(
      await logInOnXc({ user, password: PASSWORD, fromAddress: '2001:DB8::7:0:0:0:3' }),
      15 * MINUTE_SECONDS,
    );
    await expectStatus(200, logInOnXc({ user, password: PASSWORD, fromAddress: '2001:db8:0:8::1' }));
    await failLogins(10, '192.0.2.1');
    expectTooManyAttempts(
      await logInOnXc({ user, password: PASSWORD, fromAddress: '::ffff:192.0.2.1' }),
      15 * MINUTE_SECONDS,
    );
  });

  it('trusts only the proxy for the client address', async () => {
    for (let index = 0; index < 10; index += 1)
      await expectStatus(401, logInOnXc({ user, fromAddress: `10.0.0.${index}, ${HOME_ADDRESS}` }));
    expectTooManyAttempts(
      await logInOnXc({ user, password: PASSWORD, fromAddress: `10.9.9.9, ${HOME_ADDRESS}` }),
      15 * MINUTE_SECONDS,
    );
  });

  it('locks an account for all networks after 100 failures in 24 hours', async () => {
    for (let network = 1; network <= 10; network += 1) await failLogins(10, `192.0.2.${network}`);
    for (const logIn of [logInOnXc, logInOnXentree]) {
      const locked = await logIn({ user, password: PASSWORD, fromAddress: '198.51.100.1' });
      expectTooManyAttempts(locked, 24 * HOUR_SECONDS);
      expect(Number(locked.headers['retry-after'])).toBeGreaterThan(23 * HOUR_SECONDS);
    }
    app.clock.advance(24 * HOUR_SECONDS - 5 * MINUTE_SECONDS);
    expectTooManyAttempts(
      await logInOnXc({ user, password: PASSWORD, fromAddress: '198.51.100.2' }),
      5 * MINUTE_SECONDS,
    );
    app.clock.advance(5 * MINUTE_SECONDS);
    await expectStatus(200, logInOnXc({ user, password: PASSWORD, fromAddress: '198.51.100.2' }));
  });

  it('compares ten of thirty concurrent wrong passwords', async () => {
    const responses = await Promise.all(
      Array.from({ length: 30 }, (_, index) => (index % 2 ? logInOnXc : logInOnXentree)({ user })),
    );
    expect(responses.filter(({ status }) => status === 401)).toHaveLength(10);
    expect(responses.filter(({ status }) => status === 429)).toHaveLength(20);
    expectTooManyAttempts(await logInOnXc({ user, password: PASSWORD }), 15 * MINUTE_SECONDS);
  });

  it('treats an unknown account like an existing one', async () => {
    const unknownUser = { username: `unknown-${user.username}`, email: `unknown-${user.email}` };
    for (const logIn of [logInOnXc, logInOnXentree]) {
      for (let index = 0; index < 10; index += 1) await expectStatus(401, logIn({ user: unknownUser }));
      expectTooManyAttempts(await logIn({ user: unknownUser }), 15 * MINUTE_SECONDS);
    }
  });

  it('counts wrong passwords of a signed-in user, and answers 403', async () => {
    const call = { token: user.accessToken, ...from(HOME_ADDRESS) };
    const current_password = 'a wrong password';
    const guesses: (() => Promise<TestResponse>)[] = [
      () => app.patch('/api/v1/users/me', { current_password, password: 'badgers polish trumpets' }, call),
      () => app.post('/api/auth/email', { email: 'new@example.com', password: current_password }, call),
      () => app.post('/api/v1/auth/2fa/setup', { method: 'totp', password: current_password }, call),
      () => app.call('DELETE', '/api/auth/me', { body: { password: current_password }, ...call }),
    ];
    for (let index = 0; index < 10; index += 1) {
      const { body } = await expectStatus(
        403,
        (guesses[index % guesses.length] as () => Promise<TestResponse>)(),
      );
      expect(body.code).toBe('password_incorrect');
    }
    for (const guess of guesses) expectTooManyAttempts(await guess(), 15 * MINUTE_SECONDS);
    expectTooManyAttempts(await logInOnXc({ user, password: PASSWORD }), 15 * MINUTE_SECONDS);
  });
});

describe('the rate limits, which RATE_LIMITS=on enables', () => {
  let app: TestApp;
  let count = 0;

  beforeAll(async () => {
    app = await TestApp.start({ env: { TRUST_PROXY: '1', RATE_LIMITS: 'on' } });
  });
  beforeEach(() => app.clock.advance(HOUR_SECONDS + 1));
  afterAll(() => app.stop());

  function register(api: 'xc' | 'xentree', address: string, headers = {}): Promise<TestResponse> {
    const name = `guest-${(count += 1)}`;
    const common = { email: `${name}@example.com`, password: PASSWORD };
    const call = { headers: { 'x-forwarded-for': address, ...headers } };
    return api === 'xc'
      ? app.post('/api/v1/auth/register', { ...common, company_name: 'Acme' }, call)
      : app.post('/api/auth/register', { ...common, username: name }, call);
  }

  it('allow ten registrations per hour and network, over both APIs', async () => {
    for (let index = 0; index < 10; index += 1) {
      const { headers } = await expectStatus(201, register(index % 2 ? 'xc' : 'xentree', HOME_ADDRESS));
      expect(headers).toMatchObject({ 'ratelimit-limit': '10', 'ratelimit-remaining': String(9 - index) });
      expect(Number(headers['ratelimit-reset'])).toBeLessThanOrEqual(HOUR_SECONDS);
    }
    for (const api of ['xc', 'xentree'] as const) {
      const refused = await register(api, HOME_ADDRESS, { 'idempotency-key': `${api}-early` });
      expectTooManyAttempts(refused, HOUR_SECONDS);
      expect(refused.headers['ratelimit-remaining']).toBe('0');
    }
    await expectStatus(201, register('xc', '198.51.100.20'));
    app.clock.advance(HOUR_SECONDS);
    await expectStatus(201, register('xentree', HOME_ADDRESS));
  });

  it('do not store a 429 under an idempotency key: the same request succeeds later', async () => {
    for (let index = 0; index < 10; index += 1) await expectStatus(201, register('xentree', HOME_ADDRESS));
    const body = { username: 'patient', email: 'patient@example.com', password: PASSWORD };
    const call = { headers: { 'x-forwarded-for': HOME_ADDRESS, 'idempotency-key': 'patient' } };
    expectTooManyAttempts(await app.post('/api/auth/register', body, call), HOUR_SECONDS);
    app.clock.advance(HOUR_SECONDS);
    const created = await expectStatus(201, app.post('/api/auth/register', body, call));
    expect(created.headers['idempotent-replayed']).toBeUndefined();
  });

  it('allow three reset e-mails per hour and address, with or without an account', async () => {
    const user = await givenUser(app);
    const forgot = (email: string): Promise<TestResponse> =>
      app.post('/api/v1/auth/forgot-password', { email });
    const before = (await app.mails(user.email)).length;
    const answers: object[] = [];
    for (const email of [user.email, 'unknown@example.com']) {
      for (let index = 0; index < 3; index += 1) {
        const { body, headers } = await expectStatus(200, forgot(email));
        expect(headers).toMatchObject({ 'ratelimit-limit': '3', 'ratelimit-remaining': String(2 - index) });
        answers.push(body);
      }
      expectTooManyAttempts(await forgot(` ${email.toUpperCase()}`), HOUR_SECONDS);
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await app.mails(user.email)).toHaveLength(before + 3);
    app.clock.advance(HOUR_SECONDS);
    await expectStatus(200, forgot(user.email));
  });

  it('allow five e-mailed codes per hour and user', async () => {
    const user = await givenUser(app, { twoFactor: 'email' }); // the first
    for (let mailed = 1; mailed < 5; mailed += 1) {
      await getTempToken(app, user);
      skipMailCooldown(app);
    }
    const before = (await app.mails(user.email)).length;
    const tempToken = await getTempToken(app, user); // a backup code finishes it
    expect(await app.mails(user.email)).toHaveLength(before);
    const resent = await app.post('/api/v1/auth/resend-2fa', { temp_token: tempToken });
    expectTooManyAttempts(resent, HOUR_SECONDS);
    await expectStatus(200, finishXcLogin(app, tempToken, user.backupCodes[0] as string));
    app.clock.advance(HOUR_SECONDS);
    await getTempToken(app, user);
    expect(await app.mails(user.email)).toHaveLength(before + 1);
  });
});
