import { TestApp, type Answer } from '@test/support/app/test-app.js';
import {
  expectStatus,
  type GivenUser,
  givenUser,
  tempTokenOf,
  totp,
} from '@test/support/auth/given-users.js';
import {
  finish,
  freshTotp,
  givenUnsecuredMember,
  guessWrong,
  passwordGrant,
  verify,
} from '@test/support/auth/two-factor-steps.js';

const NEW_PASSWORD = 'badgers polish seven trumpets';

describe('a temp_token', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  const xc = (path: string, body: object): Promise<Answer> => app.post(`/api/v1/auth/${path}`, body);

  async function expectRefused(answer: Promise<Answer>): Promise<void> {
    const { body } = await expectStatus(401, answer);
    expect(body).toMatchObject({ detail: 'Invalid or expired token', code: 'token_invalid' });
  }

  it('to verify serves only to verify', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const temp_token = await tempTokenOf(app, user);
    await expectRefused(xc('2fa/setup-with-temp', { temp_token, method: 'totp' }));
    await expectRefused(xc('2fa/setup-with-temp', { temp_token, method: 'email' }));
    await expectRefused(xc('2fa/confirm-with-temp', { temp_token, code: totp(app, user.secret) }));
    await expectStatus(200, verify(app, temp_token, totp(app, user.secret)));
  });

  it('to set up serves only to set up', async () => {
    const temp_token = await tempTokenOf(app, await givenUnsecuredMember(app));
    const setup = await expectStatus(200, xc('2fa/setup-with-temp', { temp_token, method: 'totp' }));
    const code = totp(app, setup.body.secret);
    await expectRefused(verify(app, temp_token, code));
    await expectRefused(finish(app, temp_token, code));
    await expectRefused(xc('resend-2fa', { temp_token }));
    await expectStatus(200, xc('2fa/confirm-with-temp', { temp_token, code }));
  });

  it('is no access token, and an access token is no temp_token', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const tempToken = await tempTokenOf(app, user);
    for (const path of ['/api/auth/me', '/api/v1/users/me', '/api/auth/sessions'])
      await expectRefused(app.get(path, { token: tempToken }));
    await expectRefused(app.post('/api/auth/refresh', undefined, { token: tempToken }));
    await expectRefused(app.post('/api/auth/refresh', { refresh_token: tempToken.slice(0, 512) }));
    for (const wrong of [user.accessToken, user.refreshToken, `${tempToken.slice(0, -4)}AAAA`, 'x'])
      await expectRefused(verify(app, wrong, totp(app, user.secret)));
    await expectStatus(200, verify(app, tempToken, totp(app, user.secret)));
  });

  it('lives 10 minutes', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const tempToken = await tempTokenOf(app, user);
    app.clock.advance(595);
    await expectStatus(200, verify(app, tempToken, totp(app, user.secret)));
    const second = await tempTokenOf(app, user);
    app.clock.advance(601);
    await expectRefused(verify(app, second, totp(app, user.secret)));
    await expectRefused(finish(app, second, totp(app, user.secret)));
  });

  it('is dead after success, even for another right code', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const tempToken = await tempTokenOf(app, user);
    await expectStatus(200, verify(app, tempToken, totp(app, user.secret)));
    await expectRefused(verify(app, tempToken, freshTotp(app, user)));
    await expectRefused(finish(app, tempToken, user.backupCodes[0] as string));
    await expectStatus(200, verify(app, await tempTokenOf(app, user), user.backupCodes[0] as string));
  });

  it('opens one session for two different right codes at once, and spends only one of them', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    for (let round = 0; round < 5; round += 1) {
      const tempToken = await tempTokenOf(app, user);
      const [one, two] = user.backupCodes.slice(2 * round) as [string, string];
      const answers = await Promise.all([verify(app, tempToken, one), finish(app, tempToken, two)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
      const unspent = answers[0]?.status === 200 ? two : one;
      await expectStatus(200, verify(app, await tempTokenOf(app, user), unspent));
    }
  });

  it('survives wrong codes, and names a person only to the owner of the right one', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const other = await givenUser(app, { twoFactor: 'totp' });
    const tempToken = await tempTokenOf(app, user);
    await guessWrong(app, user, tempToken, 3);
    await expectStatus(401, verify(app, tempToken, totp(app, other.secret)));
    const done = await expectStatus(200, verify(app, tempToken, totp(app, user.secret)));
    const me = await expectStatus(200, app.get('/api/auth/me', { token: done.body.access_token }));
    expect(me.body.email).toBe(user.email);
  });

  type Ending = [string, (user: GivenUser) => Promise<unknown>];
  const ENDINGS: Ending[] = [
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
        await expectStatus(200, xc('forgot-password', { email }));
        const token = await app.lastLink(email, 'reset-password');
        await expectStatus(200, xc('reset-password', { token, password: NEW_PASSWORD }));
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

  it.each(ENDINGS)('to verify is dead after %s', async (_name, end) => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const begun = await expectStatus(403, passwordGrant(app, user));
    const tempTokens = [await tempTokenOf(app, user), begun.body.detail.temp_token as string];
    await end(user);
    for (const tempToken of tempTokens) {
      await expectRefused(verify(app, tempToken, totp(app, user.secret)));
      await expectRefused(finish(app, tempToken, totp(app, user.secret)));
      await expectRefused(xc('resend-2fa', { temp_token: tempToken }));
    }
  });

  it.each(ENDINGS.slice(0, 3))('to set up is dead after %s', async (_name, end) => {
    const user = await givenUnsecuredMember(app);
    const temp_token = await tempTokenOf(app, user);
    const setup = await expectStatus(200, xc('2fa/setup-with-temp', { temp_token, method: 'totp' }));
    await end(user);
    await expectRefused(xc('2fa/setup-with-temp', { temp_token, method: 'totp' }));
    await expectRefused(xc('2fa/confirm-with-temp', { temp_token, code: totp(app, setup.body.secret) }));
  });
});
