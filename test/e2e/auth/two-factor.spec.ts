import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import {
  enableTwoFactor,
  givenUser,
  type TestUser,
  getTempToken,
  totpCode,
} from '@test/support/auth/given-users.js';
import {
  finishXentreeLogin,
  nextTotpCode,
  requestPasswordGrant,
  finishXcLogin,
  wrongCode,
} from '@test/support/auth/two-factor-steps.js';
import { expectStatus } from '@test/support/http/responses.js';

const MINUTE_SECONDS = 60;
const TOKEN_RESPONSE_FIELDS = {
  access_token: null,
  token_type: 'bearer',
  two_factor_required: false,
  two_factor_setup_required: false,
  two_factor_method: null,
  temp_token: null,
};
const BACKUP_CODE = /^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$/;

describe('two-factor authentication', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  const startSetup = (token: string, body: object = { method: 'totp' }): Promise<TestResponse> =>
    app.post('/api/v1/auth/2fa/setup', body, { token });
  const confirmSetup = (token: string, code: string): Promise<TestResponse> =>
    app.post('/api/v1/auth/2fa/confirm', { code }, { token });
  const getMe = (token: string): Promise<TestResponse> => app.get('/api/auth/me', { token });

  async function loginXc({ email, password }: TestUser): Promise<TestResponse> {
    return expectStatus(200, app.post('/api/v1/auth/login', { email, password }));
  }

  it.each(['totp', 'email'] as const)(
    'requires %s with the six documented fields, then signs in',
    async (method) => {
      const user = await givenUser(app, { twoFactor: method });
      const { body } = await loginXc(user);
      expect(body).toEqual({
        ...TOKEN_RESPONSE_FIELDS,
        two_factor_required: true,
        two_factor_method: method,
        temp_token: expect.any(String),
      });
      const code = method === 'totp' ? totpCode(app, user.secret) : await app.lastCode(user.email);
      const done = await expectStatus(200, finishXcLogin(app, body.temp_token, code));
      expect(done.body).toEqual({ ...TOKEN_RESPONSE_FIELDS, access_token: expect.any(String) });
      await expectStatus(200, app.get('/api/v1/users/me', { token: done.body.access_token }));
    },
  );

  it.each(['totp', 'email'] as const)(
    'requires %s in the Xentree API, then returns a pair of tokens',
    async (method) => {
      const user = await givenUser(app, { twoFactor: method });
      const { body } = await expectStatus(403, requestPasswordGrant(app, user));
      expect(body).toMatchObject({
        code: 'two_factor_required',
        detail: { error: 'two_factor_required', message: expect.any(String), two_factor_method: method },
      });
      const code = method === 'totp' ? totpCode(app, user.secret) : await app.lastCode(user.email);
      const done = await expectStatus(200, finishXentreeLogin(app, body.detail.temp_token, code));
      expect(done.body).toEqual({
        access_token: expect.any(String),
        token_type: 'bearer',
        expires_in: 900,
        refresh_token: expect.any(String),
      });
      await expectStatus(200, app.post('/api/auth/refresh', { refresh_token: done.body.refresh_token }));
    },
  );

  it('lets a login that was started in one API be finished in the other', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    await expectStatus(
      200,
      finishXentreeLogin(app, await getTempToken(app, user), totpCode(app, user.secret)),
    );
    const begun = await expectStatus(403, requestPasswordGrant(app, user));
    await expectStatus(200, finishXcLogin(app, begun.body.detail.temp_token, nextTotpCode(app, user)));
  });

  it('shows a TOTP secret once, as text, URI and QR code, and is off until it is confirmed', async () => {
    const user = await givenUser(app);
    const { body } = await expectStatus(200, startSetup(user.accessToken));
    expect(body).toMatchObject({ method: 'totp', message: expect.any(String) });
    expect(body.secret).toMatch(/^[A-Z2-7]{32}$/);
    const uri = new URL(body.otpauth_uri);
    expect([uri.protocol, uri.host]).toEqual(['otpauth:', 'totp']);
    expect(uri.searchParams.get('secret')).toBe(body.secret);
    expect(decodeURIComponent(uri.pathname)).toContain(user.email);
    expect(body.qr_code).toMatch(/^data:image\/svg\+xml/);
    expect((await loginXc(user)).body.access_token).toEqual(expect.any(String));
    const rows = await app.sql('SELECT secret FROM pending_factors WHERE secret::text LIKE $1', [
      `%${Buffer.from(body.secret).toString('hex')}%`,
    ]);
    expect(rows).toEqual([]);
  });

  it('sends a code to set up e-mail codes, and shows no secret', async () => {
    const user = await givenUser(app);
    const { body } = await expectStatus(200, startSetup(user.accessToken, { method: 'email' }));
    expect(body).toMatchObject({
      method: 'email',
      secret: null,
      otpauth_uri: null,
      message: expect.any(String),
    });
    const confirmed = await expectStatus(200, confirmSetup(user.accessToken, await app.lastCode(user.email)));
    expect(confirmed.body.backup_codes).toHaveLength(10);
  });

  it('returns ten different backup codes that work in any case and grouping', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    expect(new Set(user.backupCodes).size).toBe(10);
    for (const code of user.backupCodes) expect(code).toMatch(BACKUP_CODE);
    const [one = '', two = ''] = user.backupCodes;
    const typed = one.toLowerCase().replaceAll('-', ' ');
    await expectStatus(200, finishXcLogin(app, await getTempToken(app, user), ` ${typed} `));
    await expectStatus(200, finishXentreeLogin(app, await getTempToken(app, user), two.replaceAll('-', '')));
    await expectStatus(401, finishXcLogin(app, await getTempToken(app, user), one));
  });

  it('consumes the code it was confirmed with', async () => {
    const user = await givenUser(app);
    const { body } = await expectStatus(200, startSetup(user.accessToken));
    const code = totpCode(app, body.secret);
    await expectStatus(200, confirmSetup(user.accessToken, code));
    const refused = await expectStatus(401, finishXcLogin(app, await getTempToken(app, user), code));
    expect(refused.body.detail).toBe('Invalid code');
    await expectStatus(200, finishXcLogin(app, await getTempToken(app, user), totpCode(app, body.secret, 1)));
  });

  it('is turned on by exactly one of many concurrent confirmations', async () => {
    const user = await givenUser(app);
    const { body } = await expectStatus(200, startSetup(user.accessToken));
    const code = totpCode(app, body.secret);
    const responses = await Promise.all(
      Array.from({ length: 5 }, () => confirmSetup(user.accessToken, code)),
    );
    const won = responses.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    expect(responses.every(({ status }) => status === 200 || (status >= 400 && status < 500))).toBe(true);
    const backup = won[0]?.body.backup_codes[0] as string;
    await expectStatus(200, finishXcLogin(app, await getTempToken(app, user), backup));
  });

  it('requires the correct password for a setup 15 minutes after the login', async () => {
    const user = await givenUser(app);
    app.clock.advance(14 * MINUTE_SECONDS);
    await expectStatus(200, startSetup(user.accessToken));
    app.clock.advance(MINUTE_SECONDS + 1);
    const renewed = await expectStatus(
      200,
      app.post('/api/auth/refresh', { refresh_token: user.refreshToken }),
    );
    const token = renewed.body.access_token as string;
    const stale = await expectStatus(403, startSetup(token));
    expect(stale.body).toMatchObject({ code: 'reauthentication_required' });
    const wrong = await expectStatus(
      403,
      startSetup(token, { method: 'totp', password: 'not the password' }),
    );
    expect(wrong.body.code).toBe('password_incorrect');
    const again = await expectStatus(200, startSetup(token, { method: 'totp', password: user.password }));
    await expectStatus(200, confirmSetup(token, totpCode(app, again.body.secret)));
  });

  it('refuses to confirm a secret after 10 minutes, after its replacement, or in another session', async () => {
    const user = await givenUser(app);
    const { accessToken: token } = user;
    const missing = await expectStatus(409, confirmSetup(token, '123456'));
    expect(missing.body.code).toBe('two_factor_setup_missing');
    const first = await expectStatus(200, startSetup(token));
    const other = (await loginXc(user)).body.access_token as string;
    await expectStatus(409, confirmSetup(other, totpCode(app, first.body.secret)));
    const second = await expectStatus(200, startSetup(token));
    await expectStatus(401, confirmSetup(token, totpCode(app, first.body.secret)));
    app.clock.advance(10 * MINUTE_SECONDS + 1);
    await expectStatus(409, confirmSetup(token, totpCode(app, second.body.secret)));
    expect((await loginXc(user)).body.access_token).toEqual(expect.any(String));
  });

  it('replaces a factor only after a step-up within 10 minutes', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    app.clock.advance(10 * MINUTE_SECONDS + 1);
    const token = user.accessToken;
    const refused = await expectStatus(409, startSetup(token, { method: 'totp', password: user.password }));
    expect(refused.body.code).toBe('two_factor_already_enabled');
    const lifted = await expectStatus(
      200,
      app.post('/api/v1/auth/step-up', { code: totpCode(app, user.secret) }, { token }),
    );
    expect(Object.keys(lifted.body)).toEqual(['access_token', 'token_type']);
    const begun = await expectStatus(200, startSetup(token)); // the session was lifted, not only the new token
    await expectStatus(200, finishXcLogin(app, await getTempToken(app, user), nextTotpCode(app, user))); // old one until confirmed
    await expectStatus(200, confirmSetup(token, totpCode(app, begun.body.secret)));
    await expectStatus(401, finishXcLogin(app, await getTempToken(app, user), nextTotpCode(app, user)));
    await expectStatus(401, finishXcLogin(app, await getTempToken(app, user), user.backupCodes[0] as string));
    await expectStatus(
      200,
      finishXcLogin(app, await getTempToken(app, user), totpCode(app, begun.body.secret)),
    );
  });

  describe('every change of it', () => {
    type FactorChange = [string, string, (user: TestUser) => Promise<unknown>];
    const FACTOR_CHANGES: FactorChange[] = [
      ['switching it on', 'Two-factor authentication is on', (user) => enableTwoFactor(app, user, 'totp')],
      [
        'new backup codes',
        'New backup codes',
        async (user) => {
          const code = nextTotpCode(app, user);
          const token = user.accessToken;
          const made = await expectStatus(
            200,
            app.post('/api/v1/auth/2fa/backup-codes', { code }, { token }),
          );
          expect(made.body.backup_codes).toHaveLength(10);
          const old = user.backupCodes[0] as string;
          await expectStatus(401, finishXcLogin(app, await getTempToken(app, user), old));
        },
      ],
      [
        'switching it off',
        'Two-factor authentication is off',
        async (user) => {
          const token = user.accessToken;
          await expectStatus(
            401,
            app.post('/api/v1/auth/2fa/disable', { code: wrongCode(app, user) }, { token }),
          );
          const code = nextTotpCode(app, user);
          await expectStatus(200, app.post('/api/v1/auth/2fa/disable', { code }, { token }));
          expect((await loginXc(user)).body.access_token).toEqual(expect.any(String));
        },
      ],
    ];

    it.each(FACTOR_CHANGES)(
      '(%s) ends the other sessions and notifies the user by e-mail',
      async (_name, subject, change) => {
        const twoFactor = subject === 'Two-factor authentication is on' ? undefined : 'totp';
        const user = await givenUser(app, { twoFactor });
        const other = twoFactor
          ? (await finishXcLogin(app, await getTempToken(app, user), totpCode(app, user.secret))).body
              .access_token
          : (await loginXc(user)).body.access_token;
        await expectStatus(200, getMe(other));
        const before = (await app.mails(user.email)).length;
        await change(user);
        const mails = await app.mails(user.email);
        expect(mails.slice(0, mails.length - before).map((mail) => mail.subject)).toEqual([subject]);
        await expectStatus(401, getMe(other));
        await expectStatus(200, getMe(user.accessToken));
      },
    );
  });
});
