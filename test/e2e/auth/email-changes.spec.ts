import { TestApp } from '@test/support/app/test-app.js';
import { emailChangeSteps, NEW_PASSWORD, newAddress } from '@test/support/auth/email-change-steps.js';
import { getTempToken, givenUser, PASSWORD, type TestUser } from '@test/support/auth/given-users.js';
import { finishXcLogin, skipMailCooldown } from '@test/support/auth/two-factor-steps.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  givenOwnerWithId,
  givenProvisionedUser,
  inParallel,
} from '@test/support/organizations/given-organizations.js';

const DAY = 24 * 60 * 60;

describe('a change of the e-mail address', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  const {
    askForChange,
    confirm,
    change,
    revertTokenOf,
    revert,
    login,
    resetLink,
    resetPassword,
    register,
    addressOf,
  } = emailChangeSteps(() => app);

  describe('that is pending', () => {
    const endings: Record<string, (user: TestUser) => Promise<unknown>> = {
      'a reset by mail': async ({ email }) => expectStatus(200, resetPassword(await resetLink(email))),
      'a change of the password': ({ accessToken: token }) =>
        expectStatus(
          200,
          app.patch('/api/v1/users/me', { current_password: PASSWORD, password: NEW_PASSWORD }, { token }),
        ),
      'logout-all': ({ accessToken: token }) =>
        expectStatus(200, app.call('POST', '/api/v1/auth/logout-all', { token })),
    };
    it.each(Object.keys(endings))('is ended by %s', async (name) => {
      const user = await givenUser(app);
      const email = newAddress();
      await expectStatus(200, askForChange(user, email));
      await endings[name]?.(user);
      expect(statusAndCode(await confirm(email))).toEqual([400, 'link_invalid']);
      expect((await app.mails(user.email)).map(({ subject }) => subject)).not.toContain(
        'Your e-mail address was changed',
      );
    });

    it.each([
      ['password', { password: NEW_PASSWORD }],
      ['address', { email: `by-admin-${process.pid}@example.com` }],
      ['state', { is_active: false }],
    ])('is ended when an admin changes the %s', async (_what, body) => {
      const owner = await givenOwnerWithId(app);
      const person = await givenProvisionedUser(app, owner);
      const email = newAddress();
      await expectStatus(200, askForChange(person, email, person.password));
      const token = owner.accessToken;
      await expectStatus(200, app.patch(`/api/v1/users/${person.id}`, body, { token }));
      await expectStatus(200, app.patch(`/api/v1/users/${person.id}`, { is_active: true }, { token }));
      expect(statusAndCode(await confirm(email))).toEqual([400, 'link_invalid']);
    });

    it('does not outlive a reset that happens at the same time as the request', async () => {
      await inParallel(8, async () => {
        const user = await givenUser(app);
        const email = newAddress();
        const link = await resetLink(user.email);
        const [asked, reset] = await Promise.all([askForChange(user, email), resetPassword(link)]);
        expect(reset.status).toBe(200);
        expect([200, 401, 403]).toContain(asked.status);
        expect((await confirm(email)).status).toBe(400); // without a link when the request was refused
        expect((await login(user.email, NEW_PASSWORD)).status).toBe(200);
      });
    });

    it('lets a reset win over a change of the password with the old one at the same time', async () => {
      await inParallel(8, async (round) => {
        const { email, accessToken: token } = await givenUser(app);
        const link = await resetLink(email);
        const password = `${NEW_PASSWORD} ${round}`;
        const [changed, reset] = await Promise.all([
          app.patch('/api/v1/users/me', { current_password: PASSWORD, password }, { token }),
          resetPassword(link),
        ]);
        expect([changed.status, reset.status].filter((status) => status === 200)).toHaveLength(1);
        expect((await login(email, reset.status === 200 ? NEW_PASSWORD : password)).status).toBe(200);
      });
    });
  });

  describe('that takes effect', () => {
    it('ends the codes and started log-ins: a code of the old mailbox opens nothing', async () => {
      const user = await givenUser(app, { twoFactor: 'email' });
      skipMailCooldown(app);
      const tempToken = await getTempToken(app, user);
      const oldCode = await app.lastCode(user.email);
      const email = await change(user);
      expect(statusAndCode(await finishXcLogin(app, tempToken, oldCode))).toEqual([401, 'token_invalid']);
      const next = await getTempToken(app, { ...user, email }); // within a minute of the first code
      expect(statusAndCode(await finishXcLogin(app, next, oldCode))).toEqual([
        401,
        'two_factor_code_invalid',
      ]);
      await expectStatus(200, finishXcLogin(app, next, await app.lastCode(email)));
    });

    it('ends the links that were sent to the old address', async () => {
      const user = await givenUser(app);
      const link = await resetLink(user.email);
      await change(user);
      expect(statusAndCode(await resetPassword(link))).toEqual([400, 'link_invalid']);
    });

    it('keeps the sessions, and mails the old address a link that restores it', async () => {
      const user = await givenUser(app);
      const email = await change(user);
      expect(await addressOf(user.accessToken)).toBe(email);
      const [mail] = await app.mails(user.email);
      expect(mail?.subject).toBe('Your e-mail address was changed');
      expect(mail?.text).toMatch(/^\S+\/revert-email\?token=[\w-]+$/m);
      expect(mail?.text).not.toContain(email);
      expect(mail?.text).not.toContain('reset your password immediately');
    });

    it('reserves the old address for its account for 7 days', async () => {
      const owner = await givenOwnerWithId(app);
      const token = owner.accessToken;
      const user = await givenUser(app);
      const invited = app.post('/api/v1/invitations', { email: user.email }, { token });
      await expectStatus(201, invited);
      const invitation = await app.lastLinkToken(user.email, 'accept-invitation');
      await change(user);
      const person = await givenProvisionedUser(app, owner);
      const other = await givenUser(app);
      const taken = [
        await register(user.email),
        await app.post('/api/v1/auth/register', { email: user.email, password: PASSWORD, company_name: 'X' }),
        await app.post('/api/v1/users', { email: user.email }, { token }),
        await app.patch(`/api/v1/users/${person.id}`, { email: user.email }, { token }),
        await app.post('/api/v1/invitations/accept', { token: invitation, password: PASSWORD }),
      ];
      expect(taken.map(statusAndCode)).toEqual(taken.map(() => [409, 'email_taken']));
      const before = (await app.mails(user.email)).length;
      await expectStatus(200, askForChange(other, user.email));
      expect(await app.mails(user.email)).toHaveLength(before);
      app.clock.advance(7 * DAY - 60);
      expect((await register(user.email)).status).toBe(409);
      app.clock.advance(61);
      await expectStatus(201, register(user.email));
      expect(statusAndCode(await revert(await revertTokenOf(user.email)))).toEqual([400, 'link_invalid']);
    });

    it('leaves no moment in which another account can take the old address', async () => {
      await inParallel(8, async () => {
        const user = await givenUser(app);
        const email = newAddress();
        await expectStatus(200, askForChange(user, email));
        const [confirmed, ...others] = await Promise.all([
          confirm(email),
          ...Array.from({ length: 4 }, () => register(user.email)),
        ]);
        expect(confirmed.status).toBe(200);
        expect(others.map(statusAndCode)).toEqual(others.map(() => [409, 'email_taken']));
      });
    });

    it('lets the account itself change back', async () => {
      const user = await givenUser(app);
      await change(user);
      await change(user, user.email);
      expect(await addressOf(user.accessToken)).toBe(user.email);
    });

    it('mails no link when an admin changes it, and ends the earlier ones', async () => {
      const owner = await givenOwnerWithId(app);
      const person = await givenProvisionedUser(app, owner);
      const second = newAddress();
      await expectStatus(200, askForChange(person, second, person.password));
      await expectStatus(200, confirm(second));
      const link = await revertTokenOf(person.email);
      const request = { email: newAddress() };
      await expectStatus(200, app.patch(`/api/v1/users/${person.id}`, request, { token: owner.accessToken }));
      expect(await revertTokenOf(second)).toBe('');
      expect(statusAndCode(await revert(link))).toEqual([400, 'link_invalid']);
      await expectStatus(201, register(person.email));
    });
  });
});
