import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import { type TestUser, givenUser, getTempToken } from '@test/support/auth/given-users.js';
import {
  finishXentreeLogin,
  skipMailCooldown,
  finishXcLogin,
  wrongCode,
} from '@test/support/auth/two-factor-steps.js';
import { expectStatus } from '@test/support/http/responses.js';

const MINUTE_SECONDS = 60;

describe('codes by e-mail', () => {
  let app: TestApp;
  let user: TestUser;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(async () => {
    user = await givenUser(app, { twoFactor: 'email' });
  });
  afterAll(() => app.stop());

  const lastCode = (): Promise<string> => app.lastCode(user.email);
  const countMails = async (): Promise<number> => (await app.mails(user.email)).length;
  const resend = (tempToken: string): Promise<TestResponse> =>
    app.post('/api/v1/auth/resend-2fa', { temp_token: tempToken });
  const requestStepUp = (text: string): Promise<TestResponse> =>
    app.post('/api/v1/auth/step-up', { code: text }, { token: user.accessToken });

  async function expectInvalid(response: Promise<TestResponse>): Promise<void> {
    expect((await expectStatus(401, response)).body.detail).toBe('Invalid code');
  }

  it('are sent by the login, have six digits, and are stored only as a hash', async () => {
    const before = await countMails();
    const tempToken = await getTempToken(app, user);
    expect(await countMails()).toBe(before + 1);
    const sent = await lastCode();
    expect(sent).toMatch(/^\d{6}$/);
    const rows = await app.sql<{ row: string }>('SELECT email_codes::text AS row FROM email_codes');
    const hex = Buffer.from(sent).toString('hex');
    expect(rows.filter(({ row }) => row.includes(hex) || row.includes(`,${sent},`))).toEqual([]);
    await expectStatus(200, finishXcLogin(app, tempToken, sent));
  });

  it('work once, for exactly one of many concurrent tries in both APIs', async () => {
    const first = await getTempToken(app, user);
    const second = await getTempToken(app, user); // the same mail serves both
    const sent = await lastCode();
    const answers = await Promise.all([
      finishXcLogin(app, first, sent),
      finishXentreeLogin(app, second, sent),
      finishXentreeLogin(app, first, sent),
      finishXcLogin(app, second, sent),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
    for (const tempToken of [first, second])
      expect((await finishXcLogin(app, tempToken, sent)).status).toBe(401);
  });

  it('are not sent again for another login within 60 seconds: the first code is valid for both', async () => {
    await getTempToken(app, user);
    const [sent, before] = [await lastCode(), await countMails()];
    app.clock.advance(55);
    const second = await getTempToken(app, user);
    expect(await countMails()).toBe(before);
    await expectStatus(200, finishXcLogin(app, second, sent));
  });

  it('are sent once for many concurrent logins', async () => {
    const before = await countMails();
    const tempTokens = await Promise.all(Array.from({ length: 6 }, () => getTempToken(app, user)));
    expect(await countMails()).toBe(before + 1);
    await expectStatus(200, finishXcLogin(app, tempTokens[3] as string, await lastCode()));
  });

  it('are valid only for their challenge', async () => {
    const first = await getTempToken(app, user);
    const firstCode = await lastCode();
    skipMailCooldown(app);
    const second = await getTempToken(app, user);
    const secondCode = await lastCode();
    expect(secondCode).not.toBe(firstCode);
    await expectInvalid(finishXcLogin(app, first, secondCode));
    await expectInvalid(finishXentreeLogin(app, second, firstCode));
    await expectStatus(200, finishXcLogin(app, first, firstCode));
    await expectStatus(200, finishXentreeLogin(app, second, secondCode));
  });

  it('are valid only for their purpose', async () => {
    const token = user.accessToken;
    const tempToken = await getTempToken(app, user);
    const login = await lastCode();
    await expectStatus(200, app.post('/api/v1/auth/step-up/send-code', undefined, { token }));
    const lift = await lastCode();
    await expectStatus(200, app.post('/api/v1/auth/2fa/disable/send-code', undefined, { token }));
    const disable = await lastCode();
    await expectInvalid(requestStepUp(login));
    await expectInvalid(requestStepUp(disable));
    await expectInvalid(finishXcLogin(app, tempToken, lift));
    await expectInvalid(app.post('/api/v1/auth/2fa/disable', { code: lift }, { token }));
    await expectStatus(200, requestStepUp(lift));
    await expectStatus(200, finishXcLogin(app, tempToken, login));
    await expectStatus(200, app.post('/api/v1/auth/2fa/disable', { code: disable }, { token }));
  });

  it.each([
    [10 * MINUTE_SECONDS - 5, 200],
    [10 * MINUTE_SECONDS + 1, 401],
  ])('get, %i seconds after they were sent, the status %i', async (age, status) => {
    await getTempToken(app, user);
    const sent = await lastCode();
    app.clock.advance(50);
    const second = await getTempToken(app, user); // lives on when the code is dead
    app.clock.advance(age - 50);
    const response = await expectStatus(status, finishXcLogin(app, second, sent));
    if (status === 401) expect(response.body.detail).toBe('Invalid code');
  });

  it('for a step-up are valid for 10 minutes too', async () => {
    const token = user.accessToken;
    await expectStatus(200, app.post('/api/v1/auth/step-up/send-code', undefined, { token }));
    app.clock.advance(10 * MINUTE_SECONDS + 1);
    await expectInvalid(requestStepUp(await lastCode()));
    await expectStatus(200, app.post('/api/v1/auth/step-up/send-code', undefined, { token }));
    await expectStatus(200, requestStepUp(await lastCode()));
  });

  it('become invalid after five tries, even when a correct other code has cleared the lock', async () => {
    const tempToken = await getTempToken(app, user);
    const sent = await lastCode();
    const wrong = wrongCode(app, user, sent);
    for (let tries = 0; tries < 4; tries += 1) await expectInvalid(finishXcLogin(app, tempToken, wrong));
    const second = await getTempToken(app, user);
    await expectStatus(200, finishXcLogin(app, second, user.backupCodes[0] as string));
    await expectInvalid(finishXentreeLogin(app, tempToken, wrong));
    await expectInvalid(finishXentreeLogin(app, tempToken, sent));
    await expectInvalid(finishXcLogin(app, tempToken, sent));
  });

  it('can be sent again after 60 seconds; then only the new one works', async () => {
    const tempToken = await getTempToken(app, user);
    const [old, before] = [await lastCode(), await countMails()];
    const early = await expectStatus(429, resend(tempToken));
    expect(early.body).toMatchObject({
      detail: 'Too many attempts. Try again later.',
      code: 'too_many_attempts',
    });
    expect(Number(early.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(await countMails()).toBe(before);
    skipMailCooldown(app);
    const again = await expectStatus(200, resend(tempToken));
    expect(again.body).toEqual({ message: expect.any(String) });
    expect(await countMails()).toBe(before + 1);
    await expectInvalid(finishXcLogin(app, tempToken, old));
    await expectStatus(200, finishXcLogin(app, tempToken, await lastCode()));
  });

  it('are sent again once for many concurrent requests', async () => {
    const tempToken = await getTempToken(app, user);
    const before = await countMails();
    skipMailCooldown(app);
    const responses = await Promise.all(Array.from({ length: 6 }, () => resend(tempToken)));
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 429, 429, 429, 429, 429]);
    expect(await countMails()).toBe(before + 1);
    await expectStatus(200, finishXcLogin(app, tempToken, await lastCode()));
  });

  it('are sent again at most five times for one challenge', async () => {
    const tempToken = await getTempToken(app, user);
    for (let count = 0; count < 5; count += 1) {
      skipMailCooldown(app);
      await expectStatus(200, resend(tempToken));
    }
    const before = await countMails();
    skipMailCooldown(app);
    const refused = await expectStatus(429, resend(tempToken));
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(await countMails()).toBe(before);
    await expectStatus(200, finishXcLogin(app, tempToken, await lastCode()));
  });

  it('are not sent to users of an authenticator app', async () => {
    const other = await givenUser(app, { twoFactor: 'totp' });
    const token = other.accessToken;
    const calls = [
      resend(await getTempToken(app, other)),
      app.post('/api/v1/auth/step-up/send-code', undefined, { token }),
      app.post('/api/v1/auth/2fa/disable/send-code', undefined, { token }),
    ];
    for (const call of calls) {
      const refused = await expectStatus(400, call);
      expect(refused.body.code).toBe('two_factor_method_mismatch');
    }
  });

  it('of one user are invalid for another', async () => {
    const other = await givenUser(app, { twoFactor: 'email' });
    const [mine, theirs] = [await getTempToken(app, user), await getTempToken(app, other)];
    await expectInvalid(finishXcLogin(app, theirs, await lastCode()));
    await expectInvalid(finishXcLogin(app, theirs, user.backupCodes[0] as string));
    await expectStatus(200, finishXcLogin(app, mine, await lastCode()));
  });
});
