import { TestApp } from '@test/support/app/test-app.js';
import { NO_CONTENT } from '@test/support/auth/export-files.js';
import {
  enableTwoFactor,
  givenOwner,
  givenUser,
  type TestUser,
  PASSWORD,
  totpCode,
} from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';
import { unzip } from '@test/support/http/zip.js';

const OTHER_PASSWORD = 'seven violet glaciers hum';

describe('an account', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  const login = ({ email }: Pick<TestUser, 'email'>, password = PASSWORD): ReturnType<TestApp['post']> =>
    app.post('/api/v1/auth/login', { email, password });

  function statuses(responses: { status: number }[]): number[] {
    return responses.map(({ status }) => status).sort();
  }

  describe('with an unverified address', () => {
    it('is verified by the link once, and never by a replaced link', async () => {
      const { email, accessToken: token } = await givenUser(app);
      const first = await app.lastLinkToken(email, 'verify-email');
      await expectStatus(200, app.post('/api/v1/auth/resend-verification', { email }));
      const second = await app.lastLinkToken(email, 'verify-email');
      expect(second).not.toBe(first);
      const outdated = await expectStatus(400, app.post('/api/v1/auth/verify-email', { token: first }));
      expect(outdated.body.code).toBe('link_invalid');
      const clicks = Array.from({ length: 10 }, () =>
        app.post('/api/v1/auth/verify-email', { token: second }),
      );
      expect(statuses(await Promise.all(clicks))).toEqual([200, ...Array<number>(9).fill(400)]);
      expect((await app.get('/api/auth/me', { token })).body.email_verified).toBe(true);
    });

    it('is not verified by a link that is older than a day', async () => {
      const { email } = await givenUser(app);
      app.clock.advance(24 * 3600 + 1);
      const token = await app.lastLinkToken(email, 'verify-email');
      await expectStatus(400, app.post('/api/v1/auth/verify-email', { token }));
    });

    it('requests another link with the same response as for a verified or unknown address', async () => {
      const { email } = await givenUser(app);
      const token = await app.lastLinkToken(email, 'verify-email');
      await expectStatus(200, app.post('/api/v1/auth/verify-email', { token }));
      const before = (await app.mails(email)).length;
      const verified = await app.post('/api/v1/auth/resend-verification', { email });
      const unknown = await app.post('/api/v1/auth/resend-verification', { email: 'unknown@example.com' });
      expect([verified.status, verified.body]).toEqual([unknown.status, unknown.body]);
      expect(await app.mails('unknown@example.com')).toEqual([]);
      expect(await app.mails(email)).toHaveLength(before);
    });

    it('requests another link without an address when the user is signed in', async () => {
      const { email, accessToken: token } = await givenUser(app);
      const before = (await app.mails(email)).length;
      await expectStatus(200, app.post('/api/v1/auth/resend-verification', undefined, { token }));
      expect(await app.mails(email)).toHaveLength(before + 1);
      await expectStatus(400, app.post('/api/v1/auth/resend-verification'));
    });
  });

  describe('with a forgotten password', () => {
    it('gets the same response as an unknown address', async () => {
      const { email } = await givenUser(app);
      const known = await app.post('/api/v1/auth/forgot-password', { email: ` ${email.toUpperCase()} ` });
      const unknown = await app.post('/api/v1/auth/forgot-password', { email: 'unknown@example.com' });
      expect([known.status, known.body]).toEqual([200, unknown.body]);
      expect(await app.lastLinkToken(email, 'reset-password')).not.toBe('');
      expect(await app.mails('unknown@example.com')).toEqual([]);
    });

    it('gets a new password through the link, once of many concurrent requests, and all sessions end', async () => {
      const user = await givenUser(app);
      await app.post('/api/v1/auth/forgot-password', { email: user.email });
      const token = await app.lastLinkToken(user.email, 'reset-password');
      const weak = await expectStatus(
        400,
        app.post('/api/v1/auth/reset-password', { token, password: 'password1' }),
      );
      expect(weak.body.code).toBe('password_too_weak');
      const resets = Array.from({ length: 8 }, (_, index) =>
        app.post('/api/v1/auth/reset-password', { token, password: `${OTHER_PASSWORD} ${index}` }),
      );
      const answers = await Promise.all(resets);
      expect(statuses(answers)).toEqual([200, ...Array<number>(7).fill(400)]);
      const winner = answers.findIndex(({ status }) => status === 200);
      await expectStatus(200, login(user, `${OTHER_PASSWORD} ${winner}`));
      await expectStatus(401, login(user));
      await expectStatus(401, app.get('/api/auth/me', { token: user.accessToken }));
      await expectStatus(401, app.post('/api/auth/refresh', { refresh_token: user.refreshToken }));
    });

    it('keeps its password when the link is an hour old, replaced, made for another purpose or invented', async () => {
      const user = await givenUser(app);
      const reset = (token: string): ReturnType<TestApp['post']> =>
        app.post('/api/v1/auth/reset-password', { token, password: OTHER_PASSWORD });
      await expectStatus(400, reset(await app.lastLinkToken(user.email, 'verify-email')));
      await expectStatus(400, reset('made-up'));
      await app.post('/api/v1/auth/forgot-password', { email: user.email });
      const first = await app.lastLinkToken(user.email, 'reset-password');
      await app.post('/api/v1/auth/forgot-password', { email: user.email });
      await expectStatus(400, reset(first));
      const second = await app.lastLinkToken(user.email, 'reset-password');
      await expectStatus(400, app.post('/api/v1/auth/verify-email', { token: second }));
      app.clock.advance(3601);
      await expectStatus(400, reset(second));
      await expectStatus(200, login(user));
    });
  });

  describe('that changes its address', () => {
    it('requires the password, notifies the old address and waits for confirmation of the new one', async () => {
      const user = await givenUser(app);
      const token = user.accessToken;
      const email = `new-${user.email}`;
      const wrong = await expectStatus(403, app.post('/api/auth/email', { email, password: 'x' }, { token }));
      expect(wrong.body.code).toBe('password_incorrect');
      await expectStatus(200, app.post('/api/auth/email', { email, password: PASSWORD }, { token }));
      expect((await app.mails(user.email))[0]?.subject).toBe('Your e-mail address is about to change');
      expect((await app.get('/api/auth/me', { token })).body.email).toBe(user.email);
      const link = await app.lastLinkToken(email, 'verify-email');
      await expectStatus(200, app.post('/api/v1/auth/verify-email', { token: link }));
      expect((await app.get('/api/auth/me', { token })).body).toMatchObject({ email, email_verified: true });
      expect((await app.mails(user.email))[0]?.subject).toBe('Your e-mail address was changed');
      await expectStatus(401, login(user));
      await expectStatus(200, login({ email }));
    });

    it('does not learn that an address is already used, and no mail is sent there', async () => {
      const [user, other] = [await givenUser(app), await givenUser(app)];
      const before = await app.mails(other.email);
      const ask = (email: string): ReturnType<TestApp['post']> =>
        app.post('/api/auth/email', { email, password: PASSWORD }, { token: user.accessToken });
      const [taken, free] = [await ask(other.email), await ask(`free-${user.email}`)];
      expect([taken.status, taken.body]).toEqual([200, free.body]);
      expect(await app.mails(other.email)).toEqual(before);
    });

    it('keeps its address when another account confirms the new one first', async () => {
      const users = [await givenUser(app), await givenUser(app)];
      const links: string[] = [];
      for (const { accessToken: token } of users) {
        await expectStatus(
          200,
          app.post('/api/auth/email', { email: 'both@example.com', password: PASSWORD }, { token }),
        );
        links.push(await app.lastLinkToken('both@example.com', 'verify-email'));
      }
      const responses = await Promise.all(
        links.map((token) => app.post('/api/v1/auth/verify-email', { token })),
      );
      expect(statuses(responses)).toEqual([200, 409]);
      expect(responses.find(({ status }) => status === 409)?.body.code).toBe('email_taken');
    });
  });

  describe('with many sessions', () => {
    it('lists them by pages, newest first, without repetition or omission', async () => {
      const user = await givenUser(app);
      for (let count = 0; count < 6; count += 1) await expectStatus(200, login(user));
      const seen: { id: string; current: boolean }[] = [];
      let url: string | undefined = '/api/auth/sessions?limit=3';
      while (url) {
        const { body, headers } = await expectStatus(200, app.get(url, { token: user.accessToken }));
        seen.push(...(body as { id: string; current: boolean }[]));
        url = /^<([^>]+)>; rel="next"$/.exec(headers.link ?? '')?.[1];
      }
      const ids = seen.map(({ id }) => id);
      expect(ids).toHaveLength(7);
      expect(ids).toEqual([...new Set(ids)].sort().reverse());
      expect(seen.map(({ current }) => current)).toEqual([false, false, false, false, false, false, true]);
    });

    it('ends its own sessions one by one, and none of another user', async () => {
      const [user, other] = [await givenUser(app), await givenUser(app)];
      const second = (await expectStatus(200, login(user))).body.access_token as string;
      const list = await expectStatus(200, app.get('/api/auth/sessions', { token: user.accessToken }));
      const [newest] = list.body as { id: string }[];
      const url = `/api/auth/sessions/${newest?.id}`;
      const foreign = await expectStatus(404, app.delete(url, { token: other.accessToken }));
      expect(foreign.body.code).toBe('session_not_found');
      await expectStatus(200, app.get('/api/auth/me', { token: second }));
      const ends = Array.from({ length: 5 }, () => app.delete(url, { token: user.accessToken }));
      expect(statuses(await Promise.all(ends))).toEqual([204, 404, 404, 404, 404]);
      await expectStatus(401, app.get('/api/auth/me', { token: second }));
    });
  });

  it('exports all data about the user, and no secret', async () => {
    const user = await givenOwner(app);
    await enableTwoFactor(app, user, 'totp');
    const response = await app.nest.inject({
      url: '/api/auth/me/export',
      headers: { authorization: `Bearer ${user.accessToken}` },
    });
    expect(response.statusCode).toBe(200);
    expect(response.headers).toMatchObject({
      'content-type': 'application/zip',
      'content-disposition': 'attachment; filename="xentree-export.zip"',
    });
    const files = Object.entries(unzip(response.rawPayload)).map(([name, content]) => [
      name,
      JSON.parse(content.toString()) as unknown,
    ]);
    expect(Object.fromEntries(files)).toEqual({
      'profile.json': expect.objectContaining({ email: user.email, first_name: 'Ada', phone_number: null }),
      'organizations.json': [expect.objectContaining({ id: user.organizationId, role: 'owner' })],
      'sessions.json': [expect.objectContaining({ ip: '127.0.0.1', user_agent: expect.any(String) })],
      'two-factor.json': { method: 'totp', enabled_at: expect.any(String) },
      ...NO_CONTENT,
    });
    const text = JSON.stringify(files);
    expect(text).not.toMatch(/password_hash|refresh_salt|refresh_counter|"secret"/);
    for (const secret of [user.secret, ...user.backupCodes]) expect(text).not.toContain(secret);
  });

  describe('that is deleted', () => {
    const erase = ({ accessToken: token }: TestUser, body: object): ReturnType<TestApp['delete']> =>
      app.delete('/api/auth/me', { token, body });

    async function join(organizationId: string, { email }: TestUser, role: string): Promise<void> {
      const insert = `INSERT INTO memberships (id, organization_id, user_id, role, self_joined, joined_at)
        SELECT gen_random_uuid(), $1, id, $3, true, now() FROM users WHERE email = $2`;
      await app.sql(insert, [organizationId, email, role]);
    }

    it('is deleted with its sessions and its organization, only with the correct password', async () => {
      const owner = await givenOwner(app);
      await expectStatus(400, erase(owner, {}));
      const wrong = await expectStatus(403, erase(owner, { password: 'not it' }));
      expect(wrong.body.code).toBe('password_incorrect');
      await expectStatus(204, erase(owner, { password: PASSWORD }));
      await expectStatus(401, app.get('/api/auth/me', { token: owner.accessToken }));
      await expectStatus(401, login(owner));
      const left = await app.sql('SELECT id FROM organizations WHERE id = $1', [owner.organizationId]);
      expect(left).toEqual([]);
      const again = { username: 'reborn', email: owner.email, password: PASSWORD };
      await expectStatus(201, app.post('/api/auth/register', again));
    });

    it('is kept while other members would have no owner', async () => {
      const [owner, member] = [await givenOwner(app), await givenUser(app)];
      await join(owner.organizationId, member, 'member');
      const refused = await expectStatus(409, erase(owner, { password: PASSWORD }));
      expect(refused.body).toMatchObject({
        code: 'last_owner',
        detail: { organization_id: owner.organizationId },
      });
      await expectStatus(200, app.get('/api/v1/organization', { token: owner.accessToken }));
    });

    it.each([
      ['no other member', 0, [204, 204]],
      ['another member', 1, [204, 409]],
    ])('is deleted concurrently with the other owner, with %s', async (_, others, expected) => {
      const [owner, second, third] = [await givenOwner(app), await givenUser(app), await givenUser(app)];
      await join(owner.organizationId, second, 'owner');
      if (others > 0) await join(owner.organizationId, third, 'member');
      const both = await Promise.all([
        erase(owner, { password: PASSWORD }),
        erase(second, { password: PASSWORD }),
      ]);
      expect(statuses(both)).toEqual(expected);
      const left = await app.sql<{ role: string }>(
        'SELECT role FROM organizations o LEFT JOIN memberships m ON m.organization_id = o.id WHERE o.id = $1 ORDER BY role',
        [owner.organizationId],
      );
      expect(left.map(({ role }) => role)).toEqual(others > 0 ? ['member', 'owner'] : []);
    });

    it('requires a code of an enrolled second factor, which is consumed only on success', async () => {
      const user = await givenUser(app, { twoFactor: 'totp' });
      const missing = await expectStatus(400, erase(user, { password: PASSWORD }));
      expect(missing.body.detail.fields[0].path).toBe('code');
      const wrong = await expectStatus(401, erase(user, { password: PASSWORD, code: '000000' }));
      expect(wrong.body.detail).toBe('Invalid code');
      await expectStatus(403, erase(user, { password: 'not it', code: user.backupCodes[0] }));
      const code = totpCode(app, user.secret);
      const erasures = Array.from({ length: 4 }, () => erase(user, { password: PASSWORD, code }));
      const won = statuses(await Promise.all(erasures)).filter((status) => status === 204);
      expect(won).toEqual([204]);
      expect(await app.sql('SELECT 1 FROM users WHERE email = $1', [user.email])).toEqual([]);
    });
  });
});
