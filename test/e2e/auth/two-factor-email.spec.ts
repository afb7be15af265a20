import { TestApp, type Answer } from '@test/support/app/test-app.js';
import { expectStatus, type GivenUser, givenUser, tempTokenOf } from '@test/support/auth/given-users.js';
import { finish, passMailPause, verify, wrongCode } from '@test/support/auth/two-factor-steps.js';

const MINUTE = 60;

describe('codes by mail', () => {
  let app: TestApp;
  let user: GivenUser;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(async () => {
    user = await givenUser(app, { twoFactor: 'email' });
  });
  afterAll(() => app.stop());

  const code = (): Promise<string> => app.lastCode(user.email);
  const mailCount = async (): Promise<number> => (await app.mails(user.email)).length;
  const resend = (tempToken: string): Promise<Answer> =>
    app.post('/api/v1/auth/resend-2fa', { temp_token: tempToken });
  const stepUp = (text: string): Promise<Answer> =>
    app.post('/api/v1/auth/step-up', { code: text }, { token: user.accessToken });

  async function expectInvalid(answer: Promise<Answer>): Promise<void> {
    expect((await expectStatus(401, answer)).body.detail).toBe('Invalid code');
  }

  it('are sent by the login itself, six digits, kept only as a hash', async () => {
    const before = await mailCount();
    const tempToken = await tempTokenOf(app, user);
    expect(await mailCount()).toBe(before + 1);
    const sent = await code();
    expect(sent).toMatch(/^\d{6}$/);
    const rows = await app.sql<{ row: string }>('SELECT email_codes::text AS row FROM email_codes');
    const hex = Buffer.from(sent).toString('hex');
    expect(rows.filter(({ row }) => row.includes(hex) || row.includes(`,${sent},`))).toEqual([]);
    await expectStatus(200, verify(app, tempToken, sent));
  });

  it('work once, for exactly one of many parallel tries on both faces', async () => {
    const first = await tempTokenOf(app, user);
    const second = await tempTokenOf(app, user); // the same mail serves both
    const sent = await code();
    const answers = await Promise.all([
      verify(app, first, sent),
      finish(app, second, sent),
      finish(app, first, sent),
      verify(app, second, sent),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
    for (const tempToken of [first, second]) expect((await verify(app, tempToken, sent)).status).toBe(401);
  });

  it('are not mailed again for another login within 60 s: the code sent serves it too', async () => {
    await tempTokenOf(app, user);
    const [sent, before] = [await code(), await mailCount()];
    app.clock.advance(55);
    const second = await tempTokenOf(app, user);
    expect(await mailCount()).toBe(before);
    await expectStatus(200, verify(app, second, sent));
  });

  it('are mailed once for many logins at the same moment', async () => {
    const before = await mailCount();
    const tempTokens = await Promise.all(Array.from({ length: 6 }, () => tempTokenOf(app, user)));
    expect(await mailCount()).toBe(before + 1);
    await expectStatus(200, verify(app, tempTokens[3] as string, await code()));
  });

  it('belong to their own challenge', async () => {
    const first = await tempTokenOf(app, user);
    const firstCode = await code();
    passMailPause(app);
    const second = await tempTokenOf(app, user);
    const secondCode = await code();
    expect(secondCode).not.toBe(firstCode);
    await expectInvalid(verify(app, first, secondCode));
    await expectInvalid(finish(app, second, firstCode));
    await expectStatus(200, verify(app, first, firstCode));
    await expectStatus(200, finish(app, second, secondCode));
  });

  it('belong to their own purpose', async () => {
    const token = user.accessToken;
    const tempToken = await tempTokenOf(app, user);
    const login = await code();
    await expectStatus(200, app.post('/api/v1/auth/step-up/send-code', undefined, { token }));
    const lift = await code();
    await expectStatus(200, app.post('/api/v1/auth/2fa/disable/send-code', undefined, { token }));
    const disable = await code();
    await expectInvalid(stepUp(login));
    await expectInvalid(stepUp(disable));
    await expectInvalid(verify(app, tempToken, lift));
    await expectInvalid(app.post('/api/v1/auth/2fa/disable', { code: lift }, { token }));
    await expectStatus(200, stepUp(lift));
    await expectStatus(200, verify(app, tempToken, login));
    await expectStatus(200, app.post('/api/v1/auth/2fa/disable', { code: disable }, { token }));
  });

  it.each([
    [10 * MINUTE - 5, 200],
    [10 * MINUTE + 1, 401],
  ])('%i s after they were sent are answered %i', async (age, status) => {
    await tempTokenOf(app, user);
    const sent = await code();
    app.clock.advance(50);
    const second = await tempTokenOf(app, user); // lives on when the code is dead
    app.clock.advance(age - 50);
    const answer = await expectStatus(status, verify(app, second, sent));
    if (status === 401) expect(answer.body.detail).toBe('Invalid code');
  });

  it('to step up with live 10 minutes too', async () => {
    const token = user.accessToken;
    await expectStatus(200, app.post('/api/v1/auth/step-up/send-code', undefined, { token }));
    app.clock.advance(10 * MINUTE + 1);
    await expectInvalid(stepUp(await code()));
    await expectStatus(200, app.post('/api/v1/auth/step-up/send-code', undefined, { token }));
    await expectStatus(200, stepUp(await code()));
  });

  it('die after five tries, even when a right one between them opened the lock again', async () => {
    const tempToken = await tempTokenOf(app, user);
    const sent = await code();
    const wrong = wrongCode(app, user, sent);
    for (let tries = 0; tries < 4; tries += 1) await expectInvalid(verify(app, tempToken, wrong));
    const second = await tempTokenOf(app, user);
    await expectStatus(200, verify(app, second, user.backupCodes[0] as string));
    await expectInvalid(finish(app, tempToken, wrong));
    await expectInvalid(finish(app, tempToken, sent));
    await expectInvalid(verify(app, tempToken, sent));
  });

  it('can be sent again after 60 s; then only the new one works', async () => {
    const tempToken = await tempTokenOf(app, user);
    const [old, before] = [await code(), await mailCount()];
    const early = await expectStatus(429, resend(tempToken));
    expect(early.body).toMatchObject({
      detail: 'Too many attempts. Try again later.',
      code: 'too_many_attempts',
    });
    expect(Number(early.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(await mailCount()).toBe(before);
    passMailPause(app);
    const again = await expectStatus(200, resend(tempToken));
    expect(again.body).toEqual({ message: expect.any(String) });
    expect(await mailCount()).toBe(before + 1);
    await expectInvalid(verify(app, tempToken, old));
    await expectStatus(200, verify(app, tempToken, await code()));
  });

  it('are sent again once when many ask at the same moment', async () => {
    const tempToken = await tempTokenOf(app, user);
    const before = await mailCount();
    passMailPause(app);
    const answers = await Promise.all(Array.from({ length: 6 }, () => resend(tempToken)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 429, 429, 429, 429, 429]);
    expect(await mailCount()).toBe(before + 1);
    await expectStatus(200, verify(app, tempToken, await code()));
  });

  it('are sent again five times for one challenge', async () => {
    const tempToken = await tempTokenOf(app, user);
    for (let count = 0; count < 5; count += 1) {
      passMailPause(app);
      await expectStatus(200, resend(tempToken));
    }
    const before = await mailCount();
    passMailPause(app);
    const refused = await expectStatus(429, resend(tempToken));
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(await mailCount()).toBe(before);
    await expectStatus(200, verify(app, tempToken, await code()));
  });

  it('are not for people with an authenticator app', async () => {
    const other = await givenUser(app, { twoFactor: 'totp' });
    const token = other.accessToken;
    const calls = [
      resend(await tempTokenOf(app, other)),
      app.post('/api/v1/auth/step-up/send-code', undefined, { token }),
      app.post('/api/v1/auth/2fa/disable/send-code', undefined, { token }),
    ];
    for (const call of calls) {
      const refused = await expectStatus(400, call);
      expect(refused.body.code).toBe('two_factor_method_mismatch');
    }
  });

  it('of one person do nothing for another', async () => {
    const other = await givenUser(app, { twoFactor: 'email' });
    const [mine, theirs] = [await tempTokenOf(app, user), await tempTokenOf(app, other)];
    await expectInvalid(verify(app, theirs, await code()));
    await expectInvalid(verify(app, theirs, user.backupCodes[0] as string));
    await expectStatus(200, verify(app, mine, await code()));
  });
});
