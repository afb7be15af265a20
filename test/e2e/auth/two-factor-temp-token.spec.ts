import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import { type TestUser, givenUser, getTempToken, totpCode } from '@test/support/auth/given-users.js';
import {
  finishXentreeLogin,
  nextTotpCode,
  givenMemberWithoutFactor,
  submitWrongCodes,
  requestPasswordGrant,
  finishXcLogin,
} from '@test/support/auth/two-factor-steps.js';
import { expectStatus } from '@test/support/http/responses.js';

const NEW_PASSWORD = 'badgers polish seven trumpets';

describe('a temp_token', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  const postToXc = (path: string, body: object): Promise<TestResponse> =>
    app.post(`/api/v1/auth/${path}`, body);

  async function expectInvalidToken(response: Promise<TestResponse>): Promise<void> {
    const { body } = await expectStatus(401, response);
    expect(body).toMatchObject({ detail: 'Invalid or expired token', code: 'token_invalid' });
  }

  it('for a code is refused by the setup', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const temp_token = await getTempToken(app, user);
    await expectInvalidToken(postToXc('2fa/setup-with-temp', { temp_token, method: 'totp' }));
    await expectInvalidToken(postToXc('2fa/setup-with-temp', { temp_token, method: 'email' }));
    await expectInvalidToken(
      postToXc('2fa/confirm-with-temp', { temp_token, code: totpCode(app, user.secret) }),
    );
    await expectStatus(200, finishXcLogin(app, temp_token, totpCode(app, user.secret)));
  });

  it('for a setup is refused by the verification of a code', async () => {
    const temp_token = await getTempToken(app, await givenMemberWithoutFactor(app));
    const setup = await expectStatus(200, postToXc('2fa/setup-with-temp', { temp_token, method: 'totp' }));
    const code = totpCode(app, setup.body.secret);
    await expectInvalidToken(finishXcLogin(app, temp_token, code));
    await expectInvalidToken(finishXentreeLogin(app, temp_token, code));
    const resent = await expectStatus(400, postToXc('resend-2fa', { temp_token }));
    expect(resent.body.code).toBe('two_factor_method_mismatch'); // the setup is one of an authenticator app
    await expectStatus(200, postToXc('2fa/confirm-with-temp', { temp_token, code }));
  });

  it('is not accepted as access token, and an access token is not accepted as temp_token', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const tempToken = await getTempToken(app, user);
    for (const path of ['/api/auth/me', '/api/v1/users/me', '/api/auth/sessions'])
      await expectInvalidToken(app.get(path, { token: tempToken }));
    await expectInvalidToken(app.post('/api/auth/refresh', undefined, { token: tempToken }));
    await expectInvalidToken(app.post('/api/auth/refresh', { refresh_token: tempToken.slice(0, 512) }));
    for (const wrong of [user.accessToken, user.refreshToken, `${tempToken.slice(0, -4)}AAAA`, 'x'])
      await expectInvalidToken(finishXcLogin(app, wrong, totpCode(app, user.secret)));
    await expectStatus(200, finishXcLogin(app, tempToken, totpCode(app, user.secret)));
  });

  it('is valid for 10 minutes', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const tempToken = await getTempToken(app, user);
    app.clock.advance(595);
    await expectStatus(200, finishXcLogin(app, tempToken, totpCode(app, user.secret)));
    const second = await getTempToken(app, user);
    app.clock.advance(601);
    await expectInvalidToken(finishXcLogin(app, second, totpCode(app, user.secret)));
    await expectInvalidToken(finishXentreeLogin(app, second, totpCode(app, user.secret)));
  });

  it('is invalid after success, even with another correct code', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const tempToken = await getTempToken(app, user);
    await expectStatus(200, finishXcLogin(app, tempToken, totpCode(app, user.secret)));
    await expectInvalidToken(finishXcLogin(app, tempToken, nextTotpCode(app, user)));
    await expectInvalidToken(finishXentreeLogin(app, tempToken, user.backupCodes[0] as string));
    await expectStatus(200, finishXcLogin(app, await getTempToken(app, user), user.backupCodes[0] as string));
  });

  it('opens one session for two different correct codes sent concurrently, and consumes only one of them', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    for (let round = 0; round < 5; round += 1) {
      const tempToken = await getTempToken(app, user);
      const [one, two] = user.backupCodes.slice(2 * round) as [string, string];
      const answers = await Promise.all([
        finishXcLogin(app, tempToken, one),
        finishXentreeLogin(app, tempToken, two),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
      const unspent = answers[0]?.status === 200 ? two : one;
      await expectStatus(200, finishXcLogin(app, await getTempToken(app, user), unspent));
    }
  });

  it('stays valid after wrong codes, and reveals the user only with the correct one', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const other = await givenUser(app, { twoFactor: 'totp' });
    const tempToken = await getTempToken(app, user);
    await submitWrongCodes(app, user, tempToken, 3);
    await expectStatus(401, finishXcLogin(app, tempToken, totpCode(app, other.secret)));
    const done = await expectStatus(200, finishXcLogin(app, tempToken, totpCode(app, user.secret)));
    const me = await expectStatus(200, app.get('/api/auth/me', { token: done.body.access_token }));
    expect(me.body.email).toBe(user.email);
  });

  type Invalidation = [string, (user: TestUser) => Promise<unknown>];
  const INVALIDATIONS: Invalidation[] = [
    [
      'a change of the password',
      ({ accessToken: token, password }) => {
        const change = { current_password: password, password: NEW_PASSWORD };
        return expectStatus(200, app.patch('/api/v1/users/me', change, { token }));
      },
    ],
    [
      'a reset of the password',
      async ({ email }) => {
        await expectStatus(200, postToXc('forgot-password', { email }));
        const token = await app.lastLinkToken(email, 'reset-password');
        await expectStatus(200, postToXc('reset-password', { token, password: NEW_PASSWORD }));
      },
    ],
    [
      'a log-out everywhere',
      ({ accessToken: token }) =>
        expectStatus(200, app.post('/api/v1/auth/logout-all', undefined, { token })),
    ],
    [
      'new backup codes',
      (user) => {
        const body = { code: user.backupCodes[9] };
        return expectStatus(
          200,
          app.post('/api/v1/auth/2fa/backup-codes', body, { token: user.accessToken }),
        );
      },
    ],
  ];

  it.each(INVALIDATIONS)('for a code is invalid after %s', async (_name, end) => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const begun = await expectStatus(403, requestPasswordGrant(app, user));
    const tempTokens = [await getTempToken(app, user), begun.body.detail.temp_token as string];
    await end(user);
    for (const tempToken of tempTokens) {
      await expectInvalidToken(finishXcLogin(app, tempToken, totpCode(app, user.secret)));
      await expectInvalidToken(finishXentreeLogin(app, tempToken, totpCode(app, user.secret)));
      await expectInvalidToken(postToXc('resend-2fa', { temp_token: tempToken }));
    }
  });

  it.each(INVALIDATIONS.slice(0, 3))('for a setup is invalid after %s', async (_name, end) => {
    const user = await givenMemberWithoutFactor(app);
    const temp_token = await getTempToken(app, user);
    const setup = await expectStatus(200, postToXc('2fa/setup-with-temp', { temp_token, method: 'totp' }));
    await end(user);
    await expectInvalidToken(postToXc('2fa/setup-with-temp', { temp_token, method: 'totp' }));
    await expectInvalidToken(
      postToXc('2fa/confirm-with-temp', { temp_token, code: totpCode(app, setup.body.secret) }),
    );
  });
});
