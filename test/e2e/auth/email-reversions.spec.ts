import { TestApp } from '@test/support/app/test-app.js';
import { emailChangeSteps, NEW_PASSWORD, newAddress } from '@test/support/auth/email-change-steps.js';
import { enableTwoFactor, getTempToken, givenUser } from '@test/support/auth/given-users.js';
import { finishXcLogin } from '@test/support/auth/two-factor-steps.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import { givenOwnerWithId, inParallel } from '@test/support/organizations/given-organizations.js';

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

  describe('that is reverted', () => {
    it('restores the address; sessions, keys, codes, links and pending changes end', async () => {
      const owner = await givenOwnerWithId(app);
      const token = owner.accessToken;
      const key = { name: 'Key', organization_id: owner.organizationId, scopes: ['organizations:read'] };
      const made = await expectStatus(201, app.post('/api/api-keys', key, { token }));
      await enableTwoFactor(app, owner, 'email');
      const email = await change(owner);
      const link = await resetLink(email);
      const tempToken = await getTempToken(app, { ...owner, email });
      const code = await app.lastCode(email);
      const pending = newAddress();
      await expectStatus(200, askForChange(owner, pending));
      const reverted = await expectStatus(200, revert(await revertTokenOf(owner.email)));
      expect(reverted.text).not.toMatch(/access_token|temp_token/);
      expect((await app.get('/api/auth/me', { token })).status).toBe(401);
      const used = await app.get('/api/organizations', { headers: { 'x-api-key': made.body.key } });
      expect(used.status).toBe(401);
      expect(statusAndCode(await finishXcLogin(app, tempToken, code))).toEqual([401, 'token_invalid']);
      expect(statusAndCode(await resetPassword(link))).toEqual([400, 'link_invalid']);
      expect(statusAndCode(await confirm(pending))).toEqual([400, 'link_invalid']);
      const second = await expectStatus(200, login(owner.email)); // the password and the second factor are the same
      expect(second.body).toMatchObject({ two_factor_required: true, two_factor_method: 'email' });
      expect((await login(email)).status).toBe(401);
    });

    it('works from the built-in page, whose form names the endpoint', async () => {
      const user = await givenUser(app);
      await change(user);
      const token = await revertTokenOf(user.email);
      const page = await expectStatus(200, app.get(`/revert-email?token=${token}`));
      const endpoint = /<form data-endpoint="([^"]+)">/.exec(page.text)?.[1] ?? '';
      expect(await addressOf(user.accessToken)).not.toBe(user.email); // opening the page changes nothing
      await expectStatus(200, app.post(endpoint, { token }));
      expect((await login(user.email)).status).toBe(200);
    });

    it('by the oldest link ends the links of later changes', async () => {
      const user = await givenUser(app);
      const second = await change(user);
      await change(user);
      const [oldest, later] = [await revertTokenOf(user.email), await revertTokenOf(second)];
      await expectStatus(200, revert(oldest));
      expect(statusAndCode(await revert(later))).toEqual([400, 'link_invalid']);
      expect((await login(user.email)).status).toBe(200);
      await expectStatus(201, register(second));
    });

    it('by a later link keeps the older ones, which still win', async () => {
      const user = await givenUser(app);
      const second = await change(user);
      await change(user);
      const [oldest, later] = [await revertTokenOf(user.email), await revertTokenOf(second)];
      await expectStatus(200, revert(later));
      expect((await login(second)).status).toBe(200);
      await expectStatus(200, revert(oldest));
      expect((await login(user.email)).status).toBe(200);
    });

    it('survives a change of the password by an intruder', async () => {
      const user = await givenUser(app);
      const email = await change(user);
      await expectStatus(200, resetPassword(await resetLink(email)));
      await expectStatus(200, revert(await revertTokenOf(user.email)));
      expect((await login(user.email, NEW_PASSWORD)).status).toBe(200);
    });

    it('happens once, also by parallel requests and beside a further change', async () => {
      await inParallel(4, async () => {
        const user = await givenUser(app);
        await change(user);
        const email = newAddress();
        await expectStatus(200, askForChange(user, email));
        const token = await revertTokenOf(user.email);
        const [changed, ...reverted] = await Promise.all([
          confirm(email),
          ...Array.from({ length: 5 }, () => revert(token)),
        ]);
        expect([200, 400]).toContain(changed.status);
        expect(reverted.filter(({ status }) => status === 200)).toHaveLength(1);
        expect((await login(user.email)).status).toBe(200);
      });
    });
  });
});
