import { TestApp, type Answer } from '@test/support/app/test-app.js';
import {
  enableTwoFactor,
  expectStatus,
  givenUser,
  type GivenUser,
  tempTokenOf,
  totp,
} from '@test/support/auth/given-users.js';
import { finish, freshTotp, passwordGrant, verify, wrongCode } from '@test/support/auth/two-factor-steps.js';

const MINUTE = 60;
const SIX = {
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

  const setup = (token: string, body: object = { method: 'totp' }): Promise<Answer> =>
    app.post('/api/v1/auth/2fa/setup', body, { token });
  const confirm = (token: string, code: string): Promise<Answer> =>
    app.post('/api/v1/auth/2fa/confirm', { code }, { token });
  const me = (token: string): Promise<Answer> => app.get('/api/auth/me', { token });

  async function loginXc({ email, password }: GivenUser): Promise<Answer> {
    return expectStatus(200, app.post('/api/v1/auth/login', { email, password }));
  }

  it.each(['totp', 'email'] as const)(
    'asks for %s with the six documented fields, then signs in',
    async (method) => {
      const user = await givenUser(app, { twoFactor: method });
      const { body } = await loginXc(user);
      expect(body).toEqual({
        ...SIX,
        two_factor_required: true,
        two_factor_method: method,
        temp_token: expect.any(String),
      });
      const code = method === 'totp' ? totp(app, user.secret) : await app.lastCode(user.email);
      const done = await expectStatus(200, verify(app, body.temp_token, code));
      expect(done.body).toEqual({ ...SIX, access_token: expect.any(String) });
      await expectStatus(200, app.get('/api/v1/users/me', { token: done.body.access_token }));
    },
  );

  it.each(['totp', 'email'] as const)(
    'asks for %s on the Xentree face, then answers a pair',
    async (method) => {
      const user = await givenUser(app, { twoFactor: method });
      const { body } = await expectStatus(403, passwordGrant(app, user));
      expect(body).toMatchObject({
        code: 'two_factor_required',
        detail: { error: 'two_factor_required', message: expect.any(String), two_factor_method: method },
      });
      const code = method === 'totp' ? totp(app, user.secret) : await app.lastCode(user.email);
      const done = await expectStatus(200, finish(app, body.detail.temp_token, code));
      expect(done.body).toEqual({
        access_token: expect.any(String),
        token_type: 'bearer',
        expires_in: 900,
        refresh_token: expect.any(String),
      });
      await expectStatus(200, app.post('/api/auth/refresh', { refresh_token: done.body.refresh_token }));
    },
  );

  it('lets a login begun on one face be finished on the other', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    await expectStatus(200, finish(app, await tempTokenOf(app, user), totp(app, user.secret)));
    const begun = await expectStatus(403, passwordGrant(app, user));
    await expectStatus(200, verify(app, begun.body.detail.temp_token, freshTotp(app, user)));
  });

  it('shows a TOTP secret once, as text, URI and picture, and is off until it is confirmed', async () => {
    const user = await givenUser(app);
    const { body } = await expectStatus(200, setup(user.accessToken));
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

  it('mails a code to set up e-mail codes, and shows no secret', async () => {
    const user = await givenUser(app);
    const { body } = await expectStatus(200, setup(user.accessToken, { method: 'email' }));
    expect(body).toMatchObject({
      method: 'email',
      secret: null,
      otpauth_uri: null,
      message: expect.any(String),
    });
    const confirmed = await expectStatus(200, confirm(user.accessToken, await app.lastCode(user.email)));
    expect(confirmed.body.backup_codes).toHaveLength(10);
  });

  it('hands out ten different backup codes that work however they are typed', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    expect(new Set(user.backupCodes).size).toBe(10);
    for (const code of user.backupCodes) expect(code).toMatch(BACKUP_CODE);
    const [one = '', two = ''] = user.backupCodes;
    const typed = one.toLowerCase().replaceAll('-', ' ');
    await expectStatus(200, verify(app, await tempTokenOf(app, user), ` ${typed} `));
    await expectStatus(200, finish(app, await tempTokenOf(app, user), two.replaceAll('-', '')));
    await expectStatus(401, verify(app, await tempTokenOf(app, user), one));
  });

  it('spends the code it was confirmed with', async () => {
    const user = await givenUser(app);
    const { body } = await expectStatus(200, setup(user.accessToken));
    const code = totp(app, body.secret);
    await expectStatus(200, confirm(user.accessToken, code));
    const refused = await expectStatus(401, verify(app, await tempTokenOf(app, user), code));
    expect(refused.body.detail).toBe('Invalid code');
    await expectStatus(200, verify(app, await tempTokenOf(app, user), totp(app, body.secret, 1)));
  });

  it('is switched on by exactly one of many parallel confirmations', async () => {
    const user = await givenUser(app);
    const { body } = await expectStatus(200, setup(user.accessToken));
    const code = totp(app, body.secret);
    const answers = await Promise.all(Array.from({ length: 5 }, () => confirm(user.accessToken, code)));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    expect(answers.every(({ status }) => status === 200 || (status >= 400 && status < 500))).toBe(true);
    const backup = won[0]?.body.backup_codes[0] as string;
    await expectStatus(200, verify(app, await tempTokenOf(app, user), backup));
  });

  it('asks for the password 15 minutes after the login, and takes only the right one', async () => {
    const user = await givenUser(app);
    app.clock.advance(14 * MINUTE);
    await expectStatus(200, setup(user.accessToken));
    app.clock.advance(MINUTE + 1);
    const renewed = await expectStatus(
      200,
      app.post('/api/auth/refresh', { refresh_token: user.refreshToken }),
    );
    const token = renewed.body.access_token as string;
    const stale = await expectStatus(403, setup(token));
    expect(stale.body).toMatchObject({ code: 'reauthentication_required' });
    const wrong = await expectStatus(403, setup(token, { method: 'totp', password: 'not the password' }));
    expect(wrong.body.code).toBe('password_incorrect');
    const again = await expectStatus(200, setup(token, { method: 'totp', password: user.password }));
    await expectStatus(200, confirm(token, totp(app, again.body.secret)));
  });

  it('forgets a secret that is not confirmed within 10 minutes, is replaced, or belongs to another session', async () => {
    const user = await givenUser(app);
    const { accessToken: token } = user;
    const missing = await expectStatus(409, confirm(token, '123456'));
    expect(missing.body.code).toBe('two_factor_setup_missing');
    const first = await expectStatus(200, setup(token));
    const other = (await loginXc(user)).body.access_token as string;
    await expectStatus(409, confirm(other, totp(app, first.body.secret)));
    const second = await expectStatus(200, setup(token));
    await expectStatus(401, confirm(token, totp(app, first.body.secret)));
    app.clock.advance(10 * MINUTE + 1);
    await expectStatus(409, confirm(token, totp(app, second.body.secret)));
    expect((await loginXc(user)).body.access_token).toEqual(expect.any(String));
  });

  it('replaces a factor only after a step-up within 10 minutes', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    app.clock.advance(10 * MINUTE + 1);
    const token = user.accessToken;
    const refused = await expectStatus(409, setup(token, { method: 'totp', password: user.password }));
    expect(refused.body.code).toBe('two_factor_already_enabled');
    const lifted = await expectStatus(
      200,
      app.post('/api/v1/auth/step-up', { code: totp(app, user.secret) }, { token }),
    );
    expect(Object.keys(lifted.body)).toEqual(['access_token', 'token_type']);
    const begun = await expectStatus(200, setup(token)); // the session was lifted, not only the new token
    await expectStatus(200, verify(app, await tempTokenOf(app, user), freshTotp(app, user))); // old one until confirmed
    await expectStatus(200, confirm(token, totp(app, begun.body.secret)));
    await expectStatus(401, verify(app, await tempTokenOf(app, user), freshTotp(app, user)));
    await expectStatus(401, verify(app, await tempTokenOf(app, user), user.backupCodes[0] as string));
    await expectStatus(200, verify(app, await tempTokenOf(app, user), totp(app, begun.body.secret)));
  });

  describe('every change of it', () => {
    type Change = [string, string, (user: GivenUser) => Promise<unknown>];
    const CHANGES: Change[] = [
      ['switching it on', 'Two-factor authentication is on', (user) => enableTwoFactor(app, user, 'totp')],
      [
        'new backup codes',
        'New backup codes',
        async (user) => {
          const code = freshTotp(app, user);
          const token = user.accessToken;
          const made = await expectStatus(
            200,
            app.post('/api/v1/auth/2fa/backup-codes', { code }, { token }),
          );
          expect(made.body.backup_codes).toHaveLength(10);
          const old = user.backupCodes[0] as string;
          await expectStatus(401, verify(app, await tempTokenOf(app, user), old));
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
          const code = freshTotp(app, user);
          await expectStatus(200, app.post('/api/v1/auth/2fa/disable', { code }, { token }));
          expect((await loginXc(user)).body.access_token).toEqual(expect.any(String));
        },
      ],
    ];

    it.each(CHANGES)(
      '(%s) ends the other sessions and is mailed to the owner',
      async (_name, subject, change) => {
        const twoFactor = subject === 'Two-factor authentication is on' ? undefined : 'totp';
        const user = await givenUser(app, { twoFactor });
        const other = twoFactor
          ? (await verify(app, await tempTokenOf(app, user), totp(app, user.secret))).body.access_token
          : (await loginXc(user)).body.access_token;
        await expectStatus(200, me(other));
        const before = (await app.mails(user.email)).length;
        await change(user);
        const mails = await app.mails(user.email);
        expect(mails.slice(0, mails.length - before).map((mail) => mail.subject)).toEqual([subject]);
        await expectStatus(401, me(other));
        await expectStatus(200, me(user.accessToken));
      },
    );
  });
});
