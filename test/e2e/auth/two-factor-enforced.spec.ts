import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import {
  enableTwoFactor,
  givenOwner,
  givenUser,
  getTempToken,
  totpCode,
} from '@test/support/auth/given-users.js';
import {
  insertMembership,
  givenOwnerRequiringTwoFactor,
  givenMemberWithoutFactor,
  requestPasswordGrant,
  finishXcLogin,
  wrongCode,
} from '@test/support/auth/two-factor-steps.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';

describe('an organization that requires a second factor', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  const startSetup = (temp_token: string, method = 'totp'): Promise<TestResponse> =>
    app.post('/api/v1/auth/2fa/setup-with-temp', { temp_token, method });
  const confirmSetup = (temp_token: string, code: string): Promise<TestResponse> =>
    app.post('/api/v1/auth/2fa/confirm-with-temp', { temp_token, code });
  const getOrganization = (token: string): Promise<TestResponse> =>
    app.get('/api/v1/organization', { token });

  it('can be set up only in a session that used one', async () => {
    const owner = await givenOwner(app);
    const change = { enforce_2fa: true };
    const refused = await app.patch('/api/v1/organization', change, { token: owner.accessToken });
    expect([refused.status, refused.body.code]).toEqual([403, 'two_factor_required']);
    await enableTwoFactor(app, owner, 'totp');
    const made = await expectStatus(
      200,
      app.patch('/api/v1/organization', change, { token: owner.accessToken }),
    );
    expect(made.body.enforce_2fa).toBe(true);
  });

  it('says when a code for the setup was sent before, and sends another one on request', async () => {
    const user = await givenMemberWithoutFactor(app);
    const tempToken = await getTempToken(app, user);
    const resend = (temp_token = tempToken): Promise<TestResponse> =>
      app.post('/api/v1/auth/resend-2fa', { temp_token });
    expect(statusAndCode(await resend())).toEqual([409, 'two_factor_setup_missing']);
    await expectStatus(200, startSetup(tempToken));
    expect(statusAndCode(await resend())).toEqual([400, 'two_factor_method_mismatch']);
    const first = await expectStatus(200, startSetup(tempToken, 'email'));
    const again = await expectStatus(200, startSetup(tempToken, 'email'));
    expect(first.body.message).toMatch(/^We sent a code to your e-mail address\. /);
    expect(again.body.message).toContain('less than a minute ago');
    const codes = (await app.mails(user.email)).filter(({ subject }) => subject.endsWith('is your code'));
    expect(codes).toHaveLength(1);
    const early = await resend();
    expect([early.status, Number(early.headers['retry-after']) > 0]).toEqual([429, true]);
    app.clock.advance(61);
    const firstCode = await app.lastCode(user.email);
    await expectStatus(200, resend());
    const secondCode = await app.lastCode(user.email);
    if (firstCode !== secondCode) expect((await confirmSetup(tempToken, firstCode)).status).toBe(401);
    await expectStatus(200, confirmSetup(tempToken, secondCode));
    expect(statusAndCode(await resend())).toEqual([401, 'token_invalid']);
  });

  it('requires the setup at login in the XC API, and the setup completes the login', async () => {
    const user = await givenMemberWithoutFactor(app);
    const { email, password } = user;
    const login = await expectStatus(200, app.post('/api/v1/auth/login', { email, password }));
    expect(login.body).toEqual({
      access_token: null,
      token_type: 'bearer',
      two_factor_required: false,
      two_factor_setup_required: true,
      two_factor_method: null,
      temp_token: expect.any(String),
    });
    const tempToken = login.body.temp_token as string;
    const begun = await expectStatus(200, startSetup(tempToken));
    expect(begun.body).toMatchObject({
      method: 'totp',
      secret: expect.any(String),
      message: expect.any(String),
    });
    const done = await expectStatus(200, confirmSetup(tempToken, totpCode(app, begun.body.secret)));
    expect(done.body).toEqual({
      access_token: expect.any(String),
      token_type: 'bearer',
      two_factor_required: false,
      two_factor_setup_required: false,
      two_factor_method: null,
      temp_token: null,
      backup_codes: expect.any(Array),
      message: expect.any(String),
    });
    expect(done.body.backup_codes).toHaveLength(10);
    await expectStatus(200, getOrganization(done.body.access_token));
    await expectStatus(401, app.get('/api/auth/me', { token: user.accessToken })); // begun without a factor
    expect((await app.mails(email))[0]?.subject).toBe('Two-factor authentication is on');
    await expectStatus(200, finishXcLogin(app, await getTempToken(app, user), done.body.backup_codes[0]));
  });

  it('requires it in the Xentree API too, and accepts e-mail codes', async () => {
    const user = await givenMemberWithoutFactor(app);
    const { body } = await expectStatus(403, requestPasswordGrant(app, user));
    expect(body).toMatchObject({
      code: 'two_factor_setup_required',
      detail: { error: 'two_factor_setup_required', message: expect.any(String), two_factor_method: null },
    });
    const tempToken = body.detail.temp_token as string;
    const begun = await expectStatus(200, startSetup(tempToken, 'email'));
    expect(begun.body).toMatchObject({ method: 'email', secret: null, otpauth_uri: null });
    await expectStatus(200, confirmSetup(tempToken, await app.lastCode(user.email)));
    const next = await expectStatus(403, requestPasswordGrant(app, user));
    expect(next.body.detail).toMatchObject({ error: 'two_factor_required', two_factor_method: 'email' });
  });

  it('cannot lock out a user it merely added', async () => {
    const { organizationId } = await givenOwnerRequiringTwoFactor(app);
    const user = await givenUser(app);
    await insertMembership(app, organizationId, user.email, false);
    const login = await expectStatus(200, requestPasswordGrant(app, user));
    const { email, password } = user;
    const xc = await expectStatus(200, app.post('/api/v1/auth/login', { email, password }));
    expect(xc.body).toMatchObject({ two_factor_setup_required: false, access_token: expect.any(String) });
    await expectStatus(200, app.get('/api/auth/me', { token: login.body.access_token }));
    const closed = await getOrganization(login.body.access_token);
    expect([closed.status, closed.body.code]).toEqual([403, 'two_factor_required']);
  });

  it('refuses a session that began before the requirement, until it steps up', async () => {
    const { organizationId } = await givenOwnerRequiringTwoFactor(app);
    const user = await givenUser(app);
    await insertMembership(app, organizationId, user.email, true);
    const closed = await getOrganization(user.accessToken);
    expect([closed.status, closed.body.code]).toEqual([403, 'two_factor_required']);
    for (const path of ['/api/auth/me', '/api/v1/users/me', '/api/auth/sessions'])
      await expectStatus(200, app.get(path, { token: user.accessToken }));
    await enableTwoFactor(app, user, 'totp'); // confirming counts as a step-up
    await expectStatus(200, getOrganization(user.accessToken));
  });

  it('prevents its members from turning their factor off', async () => {
    const owner = await givenOwnerRequiringTwoFactor(app);
    const refused = await app.post(
      '/api/v1/auth/2fa/disable',
      { code: totpCode(app, owner.secret) },
      { token: owner.accessToken },
    );
    expect([refused.status, refused.body.code]).toEqual([403, 'two_factor_enforced']);
    const { body } = await expectStatus(
      200,
      app.post('/api/v1/auth/login', { email: owner.email, password: owner.password }),
    );
    expect(body).toMatchObject({ two_factor_required: true, two_factor_setup_required: false });
  });

  it('enables exactly one of several pending setups', async () => {
    for (let round = 0; round < 3; round += 1) {
      const user = await givenMemberWithoutFactor(app);
      const tempTokens = [
        await getTempToken(app, user),
        await getTempToken(app, user),
        await getTempToken(app, user),
      ];
      const secrets: string[] = [];
      for (const tempToken of tempTokens)
        secrets.push((await expectStatus(200, startSetup(tempToken))).body.secret as string);
      const responses = await Promise.all(
        tempTokens.map((tempToken, index) =>
          confirmSetup(tempToken, totpCode(app, secrets[index] as string)),
        ),
      );
      expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(responses.filter(({ status }) => ![200, 401, 409].includes(status))).toEqual([]);
      const won = secrets[responses.findIndex(({ status }) => status === 200)] as string;
      await expectStatus(200, finishXcLogin(app, await getTempToken(app, user), totpCode(app, won, 1)));
    }
  });

  it('refuses also the correct code of a setup after five wrong ones', async () => {
    const user = await givenMemberWithoutFactor(app);
    const tempToken = await getTempToken(app, user);
    const { secret } = (await expectStatus(200, startSetup(tempToken))).body;
    for (let tries = 0; tries < 5; tries += 1) {
      const wrong = await expectStatus(401, confirmSetup(tempToken, wrongCode(app, { secret })));
      expect(wrong.body.detail).toBe('Invalid code');
    }
    const locked = await expectStatus(429, confirmSetup(tempToken, totpCode(app, secret)));
    expect(Number(locked.headers['retry-after'])).toBeLessThanOrEqual(900);
    const other = await getTempToken(app, user);
    const again = await expectStatus(200, startSetup(other));
    await expectStatus(429, confirmSetup(other, totpCode(app, again.body.secret)));
    app.clock.advance(901);
    const later = await getTempToken(app, user);
    const last = await expectStatus(200, startSetup(later));
    await expectStatus(200, confirmSetup(later, totpCode(app, last.body.secret)));
  });

  it('refuses to confirm a setup that was not started, or was started in another login', async () => {
    const user = await givenMemberWithoutFactor(app);
    const [one, two] = [await getTempToken(app, user), await getTempToken(app, user)];
    const { secret } = (await expectStatus(200, startSetup(one))).body;
    const refused = await expectStatus(409, confirmSetup(two, totpCode(app, secret)));
    expect(refused.body.code).toBe('two_factor_setup_missing');
    await expectStatus(200, confirmSetup(one, totpCode(app, secret)));
  });
});
