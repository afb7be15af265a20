import { ReminderSender } from '@/modules/progress/reminders/reminder-sender.js';
import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import { unzip } from '@test/support/http/zip.js';
import type { UserWithId } from '@test/support/organizations/given-organizations.js';
import { givenLearner } from '@test/support/progress/learners.js';

const PATH = '/unsubscribe';
const ONE_CLICK = { 'List-Unsubscribe': 'One-Click' };

describe('the link that switches reminders off', () => {
  let app: TestApp;
  let learner: UserWithId;
  let token: string;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(async () => {
    learner = await givenLearner(app);
    await app.sql('UPDATE users SET email_verified_at = now() WHERE id = $1', [learner.id]);
    await switchOn();
    const sender = app.nest.get(ReminderSender, { strict: false });
    await sender.send({ userId: learner.id, dueAt: app.clock.millis() });
    token = await app.lastLinkToken(learner.email, 'unsubscribe');
  });
  afterAll(() => app.stop());

  const switchOn = () =>
    expectStatus(
      200,
      app.call('PUT', '/api/xp/reminders', { body: { enabled: true }, token: learner.accessToken }),
    );
  const isOn = async () =>
    (await expectStatus(200, app.get('/api/xp/reminders', { token: learner.accessToken }))).body.enabled;
  const post = (query: string, form: Record<string, string> = ONE_CLICK) =>
    app.call('POST', `${PATH}${query}`, { form });

  it('is in the mail, and in its header fields for one click', async () => {
    const [mail] = (await app.mails(learner.email)) as unknown as Record<string, never>[];
    const url = `http://127.0.0.1:3000${PATH}?token=${token}`;
    expect(mail).toMatchObject({
      text: expect.stringContaining(url),
      headers: { 'List-Unsubscribe': `<${url}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' },
    });
  });

  it('changes nothing when it is opened, and shows a page with a button', async () => {
    const page = await expectStatus(200, app.get(`${PATH}?token=${token}`));
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['content-security-policy']).toContain("form-action 'self'");
    expect(page.headers['referrer-policy']).toBe('no-referrer');
    expect(page.text).toContain('<form method="post"><button>');
    expect(page.text).not.toContain(token);
    await expectStatus(200, app.call('HEAD', `${PATH}?token=${token}`));
    expect(await isOn()).toBe(true);
  });

  it('switches off with a POST request of either form, or without a body, and again', async () => {
    const multipart = new FormData();
    multipart.append('List-Unsubscribe', 'One-Click');
    const query = `?token=${token}`;
    const requests = [
      () => post(query),
      () => post(query, {}),
      () => app.call('POST', `${PATH}${query}`, { multipart }),
      () => app.call('POST', `${PATH}${query}`),
    ];
    for (const request of requests) {
      const page = await expectStatus(200, request());
      expect(page.text).toContain('Reminders are off');
      expect(await isOn()).toBe(false);
      await expectStatus(200, post(query));
      await switchOn();
    }
  });

  it('can do nothing else: it is no session, and is not stored', async () => {
    expect((await app.get('/api/auth/me', { token })).status).toBe(401);
    expect((await app.call('PUT', '/api/xp/reminders', { body: { enabled: true }, token })).status).toBe(401);
    const [row] = await app.sql<{ text: string }>(
      'SELECT to_jsonb(r)::text AS text FROM learner_reminders r WHERE user_id = $1',
      [learner.id],
    );
    expect(row?.text).not.toContain(token.slice(24));
    const bytes = Buffer.from(token, 'base64url');
    expect(row?.text).not.toContain(bytes.subarray(16).toString('hex'));
  });

  it.each(['', '?token=', '?token=x', '?token=a&token=b', '?token[a]=b', `?token=${'A'.repeat(64)}`])(
    'is refused as %j',
    async (query) => {
      expect(statusAndCode(await post(query))).toEqual([404, 'unsubscribe_link_invalid']);
    },
  );

  it('is refused when one of its characters is different', async () => {
    const changed = `${token.slice(0, 40)}${token[40] === 'A' ? 'B' : 'A'}${token.slice(41)}`;
    expect(statusAndCode(await post(`?token=${changed}`))).toEqual([404, 'unsubscribe_link_invalid']);
    expect(await isOn()).toBe(true);
  });

  it('is void after the erasure of the account, whose export has the choice', async () => {
    const { rawPayload } = await app.nest.inject({
      url: '/api/auth/me/export',
      headers: { authorization: `Bearer ${learner.accessToken}` },
    });
    const exported = JSON.parse(String(unzip(rawPayload)['learner-reminders.json'])) as object[];
    expect(exported).toEqual([expect.objectContaining({ enabled: true, minute_of_day: 1080 })]);
    const call = { token: learner.accessToken, body: { password: learner.password } };
    await expectStatus(204, app.call('DELETE', '/api/auth/me', call));
    expect(statusAndCode(await post(`?token=${token}`))).toEqual([404, 'unsubscribe_link_invalid']);
    expect(await app.sql('SELECT user_id FROM learner_reminders WHERE user_id = $1', [learner.id])).toEqual(
      [],
    );
  });
});
