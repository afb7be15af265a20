import { type Answer, TestApp } from '@test/support/app/test-app.js';
import { enableTwoFactor, expectStatus, tempTokenOf, totp } from '@test/support/auth/given-users.js';
import {
  givenFounder,
  givenProvisioned,
  logIn,
  type Person,
  refusal,
} from '@test/support/organizations/given-organizations.js';
import { finish, freshTotp, passwordGrant, verify } from '@test/support/auth/two-factor-steps.js';

const SET_BY_ADMIN = 'herons borrow seven ladders';
const OWN = 'magpies iron twelve carpets';

describe('an account in the hands of its organization', () => {
  let app: TestApp;
  let other: TestApp;
  let owner: Awaited<ReturnType<typeof givenFounder>>;
  let person: Person;

  beforeAll(async () => {
    app = await TestApp.start();
    other = await TestApp.start({ beside: app });
  });
  afterAll(async () => {
    await other.stop();
    await app.stop();
  });
  beforeEach(async () => {
    owner = await givenFounder(app);
    person = await givenProvisioned(app, owner, 'admin');
  });

  const update = (body: object): Promise<Answer> =>
    app.patch(`/api/v1/users/${person.id}`, body, { token: owner.accessToken });
  const me = (token = person.accessToken, node = app): Promise<Answer> =>
    node.get('/api/v1/users/me', { token });
  const login = (password = person.password): Promise<Answer> =>
    app.post('/api/v1/auth/login', { email: person.email, password });
  const setPassword = (token: string, password = OWN): Promise<Answer> =>
    app.post('/api/v1/auth/reset-password', { token, password });
  const givenKey = async (): Promise<string> => {
    const request = { name: 'Export', organization_id: owner.organizationId, scopes: ['organizations:read'] };
    const made = app.post('/api/api-keys', request, { token: person.accessToken });
    return (await expectStatus(201, made)).body.key as string;
  };
  const useKey = (key: string): Promise<Answer> =>
    app.get(`/api/organizations/${owner.organizationId}`, { headers: { 'x-api-key': key } });
  const soon = async (condition: () => Promise<boolean>): Promise<void> => {
    for (let tries = 0; !(await condition()); tries += 1) {
      if (tries === 100) throw new Error('It did not come to that within a second.');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  describe('when it is deactivated', () => {
    it('loses its sessions at once, here and on the other node, and its refresh tokens', async () => {
      const tokens = await expectStatus(200, passwordGrant(app, person));
      const { access_token, refresh_token } = tokens.body;
      for (const node of [app, other]) await expectStatus(200, me(access_token, node));
      expect((await expectStatus(200, update({ is_active: false }))).body.is_active).toBe(false);
      for (const token of [access_token, person.accessToken])
        expect(refusal(await me(token))).toEqual([401, 'token_invalid']);
      await soon(async () => (await me(access_token, other)).status === 401);
      const refresh = await app.post('/api/auth/refresh', { refresh_token });
      expect(refusal(refresh)).toEqual([401, 'token_invalid']);
    });

    it('says so to the right password only, on both faces', async () => {
      await expectStatus(200, update({ is_active: false }));
      for (const answer of [await login(), await passwordGrant(app, person)]) {
        expect(refusal(answer)).toEqual([401, 'account_disabled']);
        expect(answer.body.detail).toBe('Account is disabled');
      }
      const wrong = await login(`${person.password}!`);
      expect(wrong.body.detail).toBe('Invalid email or password');
    });

    it('stops its API keys, which stay suspended when it comes back', async () => {
      const key = await givenKey();
      await expectStatus(200, useKey(key));
      await expectStatus(200, update({ is_active: false }));
      expect((await useKey(key)).status).toBe(401);
      await expectStatus(200, update({ is_active: true }));
      expect((await useKey(key)).status).toBe(401);
      await logIn(app, person);
    });

    it('cannot finish a login that had begun', async () => {
      await enableTwoFactor(app, person, 'totp');
      const temp = await tempTokenOf(app, person);
      await expectStatus(200, update({ is_active: false }));
      expect(refusal(await verify(app, temp, totp(app, person.secret)))).toEqual([401, 'token_invalid']);
      expect(refusal(await finish(app, temp, totp(app, person.secret)))).toEqual([401, 'token_invalid']);
      await expectStatus(200, update({ is_active: true }));
      expect(refusal(await verify(app, temp, freshTotp(app, person)))).toEqual([401, 'token_invalid']);
    });

    it('is not opened again by a reset link', async () => {
      await expectStatus(200, app.post('/api/v1/auth/forgot-password', { email: person.email }));
      const link = await app.lastLink(person.email, 'reset-password');
      await expectStatus(200, update({ is_active: false }));
      await setPassword(link);
      const password = (await login(OWN)).body.detail === 'Account is disabled' ? OWN : person.password;
      expect(refusal(await login(password))).toEqual([401, 'account_disabled']);
    });

    it('writes nothing while its sessions are being ended', async () => {
      for (let round = 0; round < 5; round += 1) {
        const admin = await givenProvisioned(app, owner, 'admin');
        const url = `/api/organizations/${owner.organizationId}/teams`;
        const token = admin.accessToken;
        const answers = await Promise.all([
          ...[1, 2, 3].map((n) => app.post(url, { name: `Team ${round}.${n}` }, { token })),
          app.patch(`/api/v1/users/${admin.id}`, { is_active: false }, { token: owner.accessToken }),
          ...[4, 5, 6].map((n) => app.post(url, { name: `Team ${round}.${n}` }, { token })),
        ]);
        expect(answers[3]?.status).toBe(200);
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
    it('loses its sessions and keys, and the password is replaced at the next login', async () => {
      const key = await givenKey();
      await expectStatus(200, app.post('/api/v1/auth/forgot-password', { email: person.email }));
      const link = await app.lastLink(person.email, 'reset-password');
      await expectStatus(200, update({ password: SET_BY_ADMIN }));
      expect(refusal(await me())).toEqual([401, 'token_invalid']);
      expect((await useKey(key)).status).toBe(401);
      expect(refusal(await setPassword(link))).toEqual([400, 'link_invalid']);
      expect(refusal(await login())).toEqual([401, 'credentials_invalid']);
      for (const answer of [
        await login(SET_BY_ADMIN),
        await passwordGrant(app, { ...person, password: SET_BY_ADMIN }),
      ])
        expect(refusal(answer)).toEqual([403, 'password_change_required']);
      const { reset_token } = (await login(SET_BY_ADMIN)).body.detail;
      await expectStatus(200, setPassword(reset_token));
      await expectStatus(200, me(await logIn(app, { ...person, password: OWN })));
      const [mail] = await app.mails(person.email);
      expect(mail?.text).not.toContain(SET_BY_ADMIN);
      expect((await app.mails(person.email)).map(({ subject }) => subject)).toContain(
        'Your password was changed',
      );
    });

    it('still asks for the second factor first', async () => {
      await enableTwoFactor(app, person, 'totp');
      const begun = await tempTokenOf(app, person);
      await expectStatus(200, update({ password: SET_BY_ADMIN }));
      expect(refusal(await verify(app, begun, totp(app, person.secret)))).toEqual([401, 'token_invalid']);
      person.password = SET_BY_ADMIN;
      const first = await login();
      expect(first.body).toMatchObject({ two_factor_required: true, access_token: null });
      expect(first.text).not.toContain('reset_token');
      for (const step of [verify, finish]) {
        const temp = await tempTokenOf(app, person);
        const answer = await step(app, temp, freshTotp(app, person));
        expect(refusal(answer)).toEqual([403, 'password_change_required']);
        person.refreshToken = answer.body.detail.reset_token as string;
      }
      await expectStatus(200, setPassword(person.refreshToken));
      person.password = OWN;
      const done = await expectStatus(
        200,
        verify(app, await tempTokenOf(app, person), freshTotp(app, person)),
      );
      await expectStatus(200, me(done.body.access_token));
    });

    it.each([
      ['a common one', 'password1', 'password_too_weak'],
      ['a short one', 'short', 'validation_failed'],
    ])('takes no weak one: %s', async (_what, password, code) => {
      expect(refusal(await update({ password }))).toEqual([400, code]);
      await expectStatus(200, me());
    });

    it('checks the admin’s own password when it is given', async () => {
      const body = { password: SET_BY_ADMIN, current_password: 'not the right one' };
      expect(refusal(await update(body))).toEqual([403, 'password_incorrect']);
      await expectStatus(200, me());
      await expectStatus(200, update({ ...body, current_password: owner.password }));
    });
  });

  describe('when an admin changes its address', () => {
    it('is known by the new one, which has to be confirmed; the old one is told', async () => {
      const before = person.email;
      const email = `renamed-${person.id}@example.com`;
      await expectStatus(200, app.post('/api/v1/auth/forgot-password', { email: before }));
      const link = await app.lastLink(before, 'reset-password');
      const { body } = await expectStatus(200, update({ email: email.toUpperCase() }));
      expect(body).toMatchObject({ email, email_verified: false });
      expect((await app.mails(before))[0]?.subject).toBe('Your e-mail address was changed');
      expect(refusal(await setPassword(link))).toEqual([400, 'link_invalid']);
      expect(refusal(await login())).toEqual([401, 'credentials_invalid']);
      await logIn(app, { ...person, email });
      const token = await app.lastLink(email, 'verify-email');
      await expectStatus(200, app.post('/api/v1/auth/verify-email', { token }));
      expect((await expectStatus(200, me())).body).toMatchObject({ email, email_verified: true });
    });

    it('does not get one that somebody has', async () => {
      expect(refusal(await update({ first_name: 'X', email: owner.email }))).toEqual([409, 'email_taken']);
      expect((await me()).body).toMatchObject({ email: person.email, first_name: null });
    });
  });

  describe('when an admin resets its second factor', () => {
    const reset = (): Promise<Answer> =>
      app.call('POST', `/api/v1/users/${person.id}/reset-2fa`, { token: owner.accessToken });

    it('logs in without, has lost its sessions and begun logins, and is told', async () => {
      await enableTwoFactor(app, person, 'totp');
      const temp = await tempTokenOf(app, person);
      await expectStatus(200, reset());
      expect(refusal(await me())).toEqual([401, 'token_invalid']);
      expect(refusal(await verify(app, temp, totp(app, person.secret)))).toEqual([401, 'token_invalid']);
      const [code] = person.backupCodes;
      expect((await verify(app, temp, code as string)).status).toBe(401);
      await expectStatus(200, me(await logIn(app, person)));
      expect((await app.mails(person.email))[0]?.subject).toBe('Two-factor authentication was reset');
    });

    it('has to have one', async () => {
      expect(refusal(await reset())).toEqual([409, 'two_factor_not_enabled']);
      await expectStatus(200, me());
    });

    it('sets up another where the organization demands one', async () => {
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
