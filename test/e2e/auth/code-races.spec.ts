import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import {
  enableTwoFactor,
  getTempToken,
  givenUser,
  totpCode,
  type TestUser,
} from '@test/support/auth/given-users.js';
import {
  finishXcLogin,
  givenMemberWithoutFactor,
  nextTotpCode,
} from '@test/support/auth/two-factor-steps.js';
import { expectStatus } from '@test/support/http/responses.js';

describe('of concurrent requests with one code', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  const call = (user: TestUser, path: string, code: string): Promise<TestResponse> =>
    app.post(`/api/v1/auth/${path}`, { code }, { token: user.accessToken });

  /** Exactly one succeeds, and no other one tells its client that the credentials ended. */
  async function expectOneWinner(requests: Promise<TestResponse>[]): Promise<void> {
    const responses = await Promise.all(requests);
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status, body } of responses.filter((response) => response.status !== 200)) {
      expect([401, 409]).toContain(status);
      expect(body.code).toMatch(/^two_factor_(code_invalid|already_enabled|not_enabled)$/);
    }
  }

  const isSignedIn = async ({ accessToken: token }: TestUser): Promise<void> =>
    void (await expectStatus(200, app.get('/api/auth/me', { token })));

  it.each(['totp', 'email'] as const)('one confirms a factor of the method %s', async (method) => {
    const user = await givenUser(app);
    const token = user.accessToken;
    const setup = await expectStatus(200, app.post('/api/v1/auth/2fa/setup', { method }, { token }));
    const code = method === 'totp' ? totpCode(app, setup.body.secret) : await app.lastCode(user.email);
    await expectOneWinner([1, 2, 3].map(() => call(user, '2fa/confirm', code)));
    await isSignedIn(user);
  });

  it.each(['step-up', '2fa/backup-codes', '2fa/disable'])('one uses a TOTP code at %s', async (path) => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const code = nextTotpCode(app, user);
    await expectOneWinner([1, 2, 3].map(() => call(user, path, code)));
    await isSignedIn(user);
  });

  it.each(['2fa/backup-codes', '2fa/disable'])('one of several backup codes counts at %s', async (path) => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    await expectOneWinner(user.backupCodes.slice(0, 3).map((code) => call(user, path, code)));
    await isSignedIn(user);
  });

  it('one finishes a login, also with several backup codes', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const tempToken = await getTempToken(app, user);
    const requests = user.backupCodes.slice(0, 3).map((code) => finishXcLogin(app, tempToken, code));
    const responses = await Promise.all(requests);
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
    const unused = await app.sql('SELECT FROM backup_codes WHERE used_at IS NULL');
    expect(unused.length % 10).toBe(9); // the losers have not used theirs
  });

  it('one sets up a required factor', async () => {
    const user = await givenMemberWithoutFactor(app);
    const temp_token = await getTempToken(app, user);
    const start = app.post('/api/v1/auth/2fa/setup-with-temp', { temp_token, method: 'totp' });
    const code = totpCode(app, (await expectStatus(200, start)).body.secret);
    const confirm = (): Promise<TestResponse> =>
      app.post('/api/v1/auth/2fa/confirm-with-temp', { temp_token, code });
    const responses = await Promise.all([confirm(), confirm(), confirm()]);
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('all right log-ins succeed while an outdated hash is replaced', async () => {
    const { email, password } = await givenUser(app);
    const stronger = await TestApp.start({ siblingOf: app, env: { PASSWORD_BCRYPT_COST: '5' } });
    const logins = Array.from({ length: 6 }, () => stronger.post('/api/v1/auth/login', { email, password }));
    expect((await Promise.all(logins)).map(({ status }) => status)).toEqual(logins.map(() => 200));
    await stronger.stop();
  });
});

describe('codes as people type them', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  const spaced = (code: string): string => `${code.slice(0, 3)} ${code.slice(3)}`;
  const arabic = (code: string): string =>
    code.replace(/\d/g, (digit) => String.fromCodePoint(0x0660 + Number(digit)));
  const fullWidth = (code: string): string =>
    code.replace(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));

  it('are read at every endpoint that takes one, with spaces, dashes and the digits of other scripts', async () => {
    const user = await givenUser(app);
    const token = user.accessToken;
    const post = (path: string, body: object): Promise<TestResponse> =>
      app.post(`/api/v1/auth/${path}`, body, { token });
    const { body } = await expectStatus(200, post('2fa/setup', { method: 'totp' }));
    const secret = body.secret as string;
    const next = (): string => nextTotpCode(app, { secret });
    await expectStatus(200, post('2fa/confirm', { code: spaced(totpCode(app, secret)) }));
    await expectStatus(200, post('step-up', { code: arabic(next()) }));
    const codes = await expectStatus(200, post('2fa/backup-codes', { code: fullWidth(next()) }));
    const [first, second] = codes.body.backup_codes as [string, string];
    const tempToken = await getTempToken(app, user);
    await expectStatus(200, finishXcLogin(app, tempToken, ` ${first.replaceAll('-', '–').toLowerCase()} `));
    const form = {
      grant_type: 'two_factor',
      temp_token: await getTempToken(app, user),
      code: next().replace(/(?=...$)/, '-'),
    };
    await expectStatus(200, app.post('/api/auth/token', undefined, { form }));
    await expectStatus(200, post('2fa/disable', { code: second.replaceAll('-', ' ') }));
    await enableTwoFactor(app, user, 'email');
    await expectStatus(200, post('step-up/send-code', {}));
    const erasure = { password: user.password, code: arabic(await app.lastCode(user.email)) };
    await expectStatus(204, app.delete('/api/auth/me', { body: erasure, token }));
  });
});

describe('a log-in with codes by e-mail where no mail can be sent', () => {
  it('has a temp_token for a backup code, and resend-2fa says why', async () => {
    const app = await TestApp.start();
    const user = await givenUser(app, { twoFactor: 'email' });
    const silent = await TestApp.start({ siblingOf: app, env: { MAIL: 'off' } });
    const { email, password } = user;
    const { body } = await expectStatus(200, silent.post('/api/v1/auth/login', { email, password }));
    expect(body).toMatchObject({ two_factor_required: true, two_factor_method: 'email' });
    const resent = await silent.post('/api/v1/auth/resend-2fa', { temp_token: body.temp_token });
    expect([resent.status, resent.body.code]).toEqual([503, 'mail_not_configured']);
    await expectStatus(200, finishXcLogin(silent, body.temp_token, user.backupCodes[0] as string));
    await silent.stop();
    await app.stop();
  });
});
