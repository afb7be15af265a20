import { type TestResponse, TestApp } from '@test/support/app/test-app.js';
import { enableTwoFactor, getTempToken, totpCode } from '@test/support/auth/given-users.js';
import {
  finishXentreeLogin,
  nextTotpCode,
  requestPasswordGrant,
  finishXcLogin,
} from '@test/support/auth/two-factor-steps.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  givenOwnerWithId,
  givenProvisionedUser,
  logIn,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

const ADMIN_SET_PASSWORD = 'herons borrow seven ladders';
const OWN_PASSWORD = 'magpies iron twelve carpets';

describe('an account that its home organization manages', () => {
  let app: TestApp;
  let sibling: TestApp;
  let owner: Awaited<ReturnType<typeof givenOwnerWithId>>;
  let person: UserWithId;

  beforeAll(async () => {
    app = await TestApp.start();
    sibling = await TestApp.start({ siblingOf: app });
  });
  afterAll(async () => {
    await sibling.stop();
    await app.stop();
  });
  beforeEach(async () => {
    owner = await givenOwnerWithId(app);
    person = await givenProvisionedUser(app, owner, 'admin');
  });

  const updateUser = (body: object): Promise<TestResponse> =>
    app.patch(`/api/v1/users/${person.id}`, body, { token: owner.accessToken });
  const getMe = (token = person.accessToken, node = app): Promise<TestResponse> =>
    node.get('/api/v1/users/me', { token });
  const login = (password = person.password): Promise<TestResponse> =>
    app.post('/api/v1/auth/login', { email: person.email, password });
  const setPassword = (token: string, password = OWN_PASSWORD): Promise<TestResponse> =>
    app.post('/api/v1/auth/reset-password', { token, password });
  const givenKey = async (): Promise<string> => {
    const request = { name: 'Export', organization_id: owner.organizationId, scopes: ['organizations:read'] };
    const made = app.post('/api/api-keys', request, { token: person.accessToken });
    return (await expectStatus(201, made)).body.key as string;
  };
  const useKey = (key: string): Promise<TestResponse> =>
    app.get(`/api/organizations/${owner.organizationId}`, { headers: { 'x-api-key': key } });
  const waitForCondition = async (condition: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; !(await condition()); tries += 1) {
      if (tries === 100) throw new Error('It did not come to that within a second.');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  describe('when it is deactivated', () => {
    it('loses its sessions on both nodes at once, and its refresh tokens', async () => {
      const tokens = await expectStatus(200, requestPasswordGrant(app, person));
      const { access_token, refresh_token } = tokens.body;
      for (const node of [app, sibling]) await expectStatus(200, getMe(access_token, node));
      expect((await expectStatus(200, updateUser({ is_active: false }))).body.is_active).toBe(false);
      for (const token of [access_token, person.accessToken])
        expect(statusAndCode(await getMe(token))).toEqual([401, 'token_invalid']);
      await waitForCondition(async () => (await getMe(access_token, sibling)).status === 401);
      const refresh = await app.post('/api/auth/refresh', { refresh_token });
      expect(statusAndCode(refresh)).toEqual([401, 'token_invalid']);
    });

    it('reports this only to the correct password, in both APIs', async () => {
      await expectStatus(200, updateUser({ is_active: false }));
      for (const response of [await login(), await requestPasswordGrant(app, person)]) {
        expect(statusAndCode(response)).toEqual([401, 'account_disabled']);
        expect(response.body.detail).toBe('Account is disabled');
      }
      const wrong = await login(`${person.password}!`);
      expect(wrong.body.detail).toBe('Invalid email or password');
    });

    it('loses its API keys, which stay suspended after it is activated again', async () => {
      const key = await givenKey();
      await expectStatus(200, useKey(key));
      await expectStatus(200, updateUser({ is_active: false }));
      expect((await useKey(key)).status).toBe(401);
      await expectStatus(200, updateUser({ is_active: true }));
      expect((await useKey(key)).status).toBe(401);
      await logIn(app, person);
    });

    it('cannot finish a log-in that it started before', async () => {
      await enableTwoFactor(app, person, 'totp');
      const temp = await getTempToken(app, person);
      await expectStatus(200, updateUser({ is_active: false }));
      expect(statusAndCode(await finishXcLogin(app, temp, totpCode(app, person.secret)))).toEqual([
        401,
        'token_invalid',
      ]);
      expect(statusAndCode(await finishXentreeLogin(app, temp, totpCode(app, person.secret)))).toEqual([
        401,
        'token_invalid',
      ]);
      await expectStatus(200, updateUser({ is_active: true }));
      expect(statusAndCode(await finishXcLogin(app, temp, nextTotpCode(app, person)))).toEqual([
        401,
        'token_invalid',
      ]);
    });

    it('is not activated by a password reset', async () => {
      await expectStatus(200, app.post('/api/v1/auth/forgot-password', { email: person.email }));
      const link = await app.lastLinkToken(person.email, 'reset-password');
      await expectStatus(200, updateUser({ is_active: false }));
      await setPassword(link);
      const password =
        (await login(OWN_PASSWORD)).body.detail === 'Account is disabled' ? OWN_PASSWORD : person.password;
      expect(statusAndCode(await login(password))).toEqual([401, 'account_disabled']);
    });

    it('commits no write after its sessions ended', async () => {
      for (let round = 0; round < 5; round += 1) {
        const admin = await givenProvisionedUser(app, owner, 'admin');
        const url = `/api/organizations/${owner.organizationId}/teams`;
        const token = admin.accessToken;
        const responses = await Promise.all([
          ...[1, 2, 3].map((n) => app.post(url, { name: `Team ${round}.${n}` }, { token })),
          app.patch(`/api/v1/users/${admin.id}`, { is_active: false }, { token: owner.accessToken }),
          ...[4, 5, 6].map((n) => app.post(url, { name: `Team ${round}.${n}` }, { token })),
        ]);
        expect(responses[3]?.status).toBe(200);
        const log = await app.sql<{ action: string; actor_id: string; target_id: string }>(
          'SELECT action, actor_id, target_id FROM audit_events WHERE organization_id = $1 ORDER BY id',
          [owner.organizationId],
        );
        const end = log.findIndex((row) => row.action === 'user.updated' && row.target_id === admin.id);
        expect(end).toBeGreaterThan(0);
        expect(log.slice(end).filter(({ actor_id }) => actor_id === admin.id)).toEqual([]);
      }
    });
  });

  describe('when an admin sets its password', () => {
    it('loses its sessions and keys, and must replace the password at the next log-in', async () => {
      const key = await givenKey();
      await expectStatus(200, app.post('/api/v1/auth/forgot-password', { email: person.email }));
      const link = await app.lastLinkToken(person.email, 'reset-password');
      await expectStatus(200, updateUser({ password: ADMIN_SET_PASSWORD }));
      expect(statusAndCode(await getMe())).toEqual([401, 'token_invalid']);
      expect((await useKey(key)).status).toBe(401);
      expect(statusAndCode(await setPassword(link))).toEqual([400, 'link_invalid']);
      expect(statusAndCode(await login())).toEqual([401, 'credentials_invalid']);
      for (const response of [
        await login(ADMIN_SET_PASSWORD),
        await requestPasswordGrant(app, { ...person, password: ADMIN_SET_PASSWORD }),
      ])
        expect(statusAndCode(response)).toEqual([403, 'password_change_required']);
      const { reset_token } = (await login(ADMIN_SET_PASSWORD)).body.detail;
      await expectStatus(200, setPassword(reset_token));
      await expectStatus(200, getMe(await logIn(app, { ...person, password: OWN_PASSWORD })));
      const [mail] = await app.mails(person.email);
      expect(mail?.text).not.toContain(ADMIN_SET_PASSWORD);
      expect((await app.mails(person.email)).map(({ subject }) => subject)).toContain(
        'Your password was changed',
      );
    });

    it('still requires the second factor first', async () => {
      await enableTwoFactor(app, person, 'totp');
      const begun = await getTempToken(app, person);
      await expectStatus(200, updateUser({ password: ADMIN_SET_PASSWORD }));
      expect(statusAndCode(await finishXcLogin(app, begun, totpCode(app, person.secret)))).toEqual([
        401,
        'token_invalid',
      ]);
      person.password = ADMIN_SET_PASSWORD;
      const first = await login();
      expect(first.body).toMatchObject({ two_factor_required: true, access_token: null });
      expect(first.text).not.toContain('reset_token');
      for (const step of [finishXcLogin, finishXentreeLogin]) {
        const temp = await getTempToken(app, person);
        const response = await step(app, temp, nextTotpCode(app, person));
        expect(statusAndCode(response)).toEqual([403, 'password_change_required']);
        person.refreshToken = response.body.detail.reset_token as string;
      }
      await expectStatus(200, setPassword(person.refreshToken));
      person.password = OWN_PASSWORD;
      const done = await expectStatus(
        200,
        finishXcLogin(app, await getTempToken(app, person), nextTotpCode(app, person)),
      );
      await expectStatus(200, getMe(done.body.access_token));
    });

    it.each([
      ['a common password', 'password1', 'password_too_weak'],
      ['a short password', 'short', 'validation_failed'],
    ])('rejects %s', async (_what, password, code) => {
      expect(statusAndCode(await updateUser({ password }))).toEqual([400, code]);
      await expectStatus(200, getMe());
    });

    it('checks the password of the admin when it is given', async () => {
      const body = { password: ADMIN_SET_PASSWORD, current_password: 'not the right one' };
      expect(statusAndCode(await updateUser(body))).toEqual([403, 'password_incorrect']);
      await expectStatus(200, getMe());
      await expectStatus(200, updateUser({ ...body, current_password: owner.password }));
    });
  });

  describe('when an admin changes its address', () => {
    it('gets the new address unverified, and the old address is notified', async () => {
      const before = person.email;
      const email = `renamed-${person.id}@example.com`;
      await expectStatus(200, app.post('/api/v1/auth/forgot-password', { email: before }));
      const link = await app.lastLinkToken(before, 'reset-password');
      const { body } = await expectStatus(200, updateUser({ email: email.toUpperCase() }));
      expect(body).toMatchObject({ email, email_verified: false });
      expect((await app.mails(before))[0]?.subject).toBe('Your e-mail address was changed');
      expect(statusAndCode(await setPassword(link))).toEqual([400, 'link_invalid']);
      expect(statusAndCode(await login())).toEqual([401, 'credentials_invalid']);
      await logIn(app, { ...person, email });
      const token = await app.lastLinkToken(email, 'verify-email');
      await expectStatus(200, app.post('/api/v1/auth/verify-email', { token }));
      expect((await expectStatus(200, getMe())).body).toMatchObject({ email, email_verified: true });
    });

    it('does not get an address of another account', async () => {
      expect(statusAndCode(await updateUser({ first_name: 'X', email: owner.email }))).toEqual([
        409,
        'email_taken',
      ]);
      expect((await getMe()).body).toMatchObject({ email: person.email, first_name: null });
    });
  });

  describe('when an admin resets its second factor', () => {
    const reset = (): Promise<TestResponse> =>
      app.call('POST', `/api/v1/users/${person.id}/reset-2fa`, { token: owner.accessToken });

    it('logs in without it, loses its sessions and started log-ins, and is notified', async () => {
      await enableTwoFactor(app, person, 'totp');
      const temp = await getTempToken(app, person);
      await expectStatus(200, reset());
      expect(statusAndCode(await getMe())).toEqual([401, 'token_invalid']);
      expect(statusAndCode(await finishXcLogin(app, temp, totpCode(app, person.secret)))).toEqual([
        401,
        'token_invalid',
      ]);
      const [code] = person.backupCodes;
      expect((await finishXcLogin(app, temp, code as string)).status).toBe(401);
      await expectStatus(200, getMe(await logIn(app, person)));
      expect((await app.mails(person.email))[0]?.subject).toBe('Two-factor authentication was reset');
    });

    it('must have a second factor', async () => {
      expect(statusAndCode(await reset())).toEqual([409, 'two_factor_not_enabled']);
      await expectStatus(200, getMe());
    });

    it('must set up a new one when the organization requires it', async () => {
      await enableTwoFactor(app, owner, 'totp');
      await enableTwoFactor(app, person, 'totp');
      const on = { enforce_2fa: true };
      await expectStatus(200, app.patch('/api/v1/organization', on, { token: owner.accessToken }));
      await expectStatus(200, reset());
      const { body } = await expectStatus(200, login());
      expect(body).toMatchObject({ two_factor_setup_required: true, access_token: null });
    });
  });
});
