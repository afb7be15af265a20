import { Mailer } from '@/platform/mail/index.js';
import { waitUntil } from '../support/app/server-process.js';
import { TestSmtpServer } from '../support/app/smtp-server.js';
import { TestApp } from '../support/app/test-app.js';
import { enableTwoFactor, givenUser, getTempToken } from '../support/auth/given-users.js';
import { expectStatus } from '../support/http/responses.js';

const VERIFY_SUBJECT = /^Confirm your e-mail address$/;
const RESET_SUBJECT = /^Reset your password$/;
const CODE_SUBJECT = /^\d{6} is your code$/;

interface JobRow {
  id: string;
  attempts: number;
  last_error: string | null;
  payload: unknown;
}

const MAIL_JOBS_SQL = `SELECT j.id, j.attempts, j.last_error, p.payload
              FROM graphile_worker.jobs j JOIN graphile_worker._private_jobs p USING (id)
              WHERE j.task_identifier = 'mail.send' ORDER BY j.id`;
const RETRY_JOBS_SQL = `SELECT graphile_worker.reschedule_jobs(
                     ARRAY(SELECT id FROM graphile_worker.jobs WHERE locked_at IS NULL), run_at => now())`;

function findLinkToken(text: string, base: string, page: string): string {
  const start = `${base}/${page}?token=`;
  const line = text.split('\n').find((candidate) => candidate.startsWith(start)) ?? '';
  expect(line).toMatch(/token=[\w-]{40,}$/); // alone on its line: a mail client cannot swallow its neighbours
  return line.slice(start.length);
}

describe('mail over SMTP', () => {
  let mail: TestSmtpServer;
  let app: TestApp;
  const env = { MAIL_FROM: 'Xentree <hello@mail.example.com>', APP_URL: 'https://app.example.com/' };

  beforeAll(async () => {
    mail = await TestSmtpServer.start();
    app = await TestApp.start({ env: { ...env, SMTP_URL: mail.url } });
  });
  afterAll(async () => {
    await app.stop();
    await mail.stop();
  });

  it('brings a verification link that works once', async () => {
    const user = await givenUser(app);
    const received = await mail.waitForMail(user.email, VERIFY_SUBJECT);
    expect(received).toMatchObject({ from: 'hello@mail.example.com', to: [user.email] });
    expect(received.headers).toMatchObject({
      from: env.MAIL_FROM,
      to: user.email,
      'auto-submitted': 'auto-generated',
    });
    const token = findLinkToken(received.text, 'https://app.example.com', 'verify-email');
    await expectStatus(200, app.post('/api/v1/auth/verify-email', { token }));
    const again = await expectStatus(400, app.post('/api/v1/auth/verify-email', { token }));
    expect(again.body.code).toBe('link_invalid');
  });

  it('has the header fields that switch such mail off by one click', async () => {
    const url = 'https://api.example.com/unsubscribe?token=x';
    const message = {
      to: 'ada@example.com',
      subject: 'Time to learn',
      body: ['Learn.'],
      unsubscribeUrl: url,
    };
    await app.nest.get(Mailer).send(message);
    expect((await mail.waitForMail(message.to, /^Time to learn$/)).headers).toMatchObject({
      'list-unsubscribe': `<${url}>`,
      'list-unsubscribe-post': 'List-Unsubscribe=One-Click',
      'auto-submitted': 'auto-generated',
    });
  });

  it('brings a reset link, and tells the owner of the change', async () => {
    const user = await givenUser(app);
    await expectStatus(200, app.post('/api/v1/auth/forgot-password', { email: user.email }));
    const token = findLinkToken(
      (await mail.waitForMail(user.email, RESET_SUBJECT)).text,
      'https://app.example.com',
      'reset-password',
    );
    const password = 'seven kites over a quiet harbour';
    await expectStatus(200, app.post('/api/v1/auth/reset-password', { token, password }));
    await expectStatus(200, app.post('/api/v1/auth/login', { email: user.email, password }));
    await mail.waitForMail(user.email, /^Your password was changed$/);
  });

  it('brings the code of a login', async () => {
    const user = await givenUser(app);
    const mailed = jest
      .spyOn(app, 'lastCode')
      .mockImplementation(async (to) => findCode(await mail.waitForMail(to, CODE_SUBJECT)));
    await enableTwoFactor(app, user, 'email');
    mailed.mockRestore();
    const before = mail.mails.length;
    const tempToken = await getTempToken(app, user);
    await waitUntil(
      () => mail.mails.slice(before).some(({ headers }) => CODE_SUBJECT.test(headers.subject ?? '')),
      20_000,
    );
    const code = findCode(await mail.waitForMail(user.email, CODE_SUBJECT));
    const login = await expectStatus(
      200,
      app.post('/api/v1/auth/verify-2fa', { temp_token: tempToken, code }),
    );
    expect(login.body.access_token).toEqual(expect.any(String));
  });

  function findCode({ text, headers }: { text: string; headers: Record<string, string> }): string {
    const code = text.split('\n').find((line) => /^\d{6}$/.test(line)) ?? '';
    expect(headers.subject).toBe(`${code} is your code`);
    return code;
  }

  it('waits sealed in the database while the mail server is down, and is delivered once when it is back', async () => {
    await mail.stop();
    const { email } = await givenUser(app);
    const jobs = () => app.sql<JobRow>(MAIL_JOBS_SQL);
    const isDelayed = `SELECT FROM graphile_worker.jobs WHERE task_identifier = 'mail.send' AND run_at > now()`;
    await waitUntil(async () => (await app.sql(isDelayed)).length > 0, 20_000);
    const [job, ...others] = await jobs();
    expect(others).toEqual([]);
    expect(Object.keys(job?.payload as object)).toEqual(['sealed']);
    const { sealed } = job?.payload as { sealed: string };
    const stored = `${sealed}\n${Buffer.from(sealed, 'base64').toString('latin1')}`;
    for (const secret of [email, 'verify-email', 'token=', 'Confirm']) expect(stored).not.toContain(secret);

    await mail.listen();
    await app.sql(RETRY_JOBS_SQL);
    findLinkToken(
      (await mail.waitForMail(email, VERIFY_SUBJECT)).text,
      'https://app.example.com',
      'verify-email',
    );
    await waitUntil(async () => (await jobs()).length === 0, 20_000);
    expect(mail.mails.filter(({ to }) => to.includes(email))).toHaveLength(1);
    const { text } = await app.get('/metrics');
    for (const outcome of ['delivered', 'deferred'])
      expect(text).toMatch(new RegExp(`mail_deliveries_total{outcome="${outcome}"} [1-9]`));
    expect(text).toMatch(/xentree_jobs_total{job="mail.send",result="done"} [1-9]/);
  });

  it('is retried within seconds when the mail server says later, and delivered once', async () => {
    mail.recipientReply = 451;
    const { email } = await givenUser(app);
    await waitUntil(() => mail.attempts.filter((address) => address === email).length >= 2, 20_000);
    mail.recipientReply = 250;
    await mail.waitForMail(email, VERIFY_SUBJECT);
    await waitUntil(async () => (await app.sql(MAIL_JOBS_SQL)).length === 0, 20_000);
    expect(mail.mails.filter(({ to }) => to.includes(email))).toHaveLength(1);
  });

  it('ends when the mail server refuses it for good, and is counted', async () => {
    mail.recipientReply = 550;
    const { email } = await givenUser(app);
    await waitUntil(() => mail.attempts.includes(email), 20_000);
    await waitUntil(async () => (await app.sql(MAIL_JOBS_SQL)).length === 0, 20_000);
    mail.recipientReply = 250;
    expect(mail.attempts.filter((address) => address === email)).toHaveLength(1);
    expect((await app.get('/metrics')).text).toMatch(/mail_deliveries_total\{outcome="refused"\} 1/);
  });

  it('is dropped when its code has expired', async () => {
    mail.recipientReply = 451;
    const { email } = await givenUser(app);
    await waitUntil(() => mail.attempts.includes(email), 20_000);
    app.clock.advance(86_400); // the lifetime of the link
    await waitUntil(async () => (await app.sql(MAIL_JOBS_SQL)).length === 0, 20_000);
    mail.recipientReply = 250;
    expect(mail.mails.filter(({ to }) => to.includes(email))).toEqual([]);
  });

  it('leads to this server where no APP_URL is set, and keeps its Message-ID in the own domain', async () => {
    const own = { SMTP_URL: mail.url, PUBLIC_URL: 'https://api.example.com/' };
    const other = await TestApp.start({ env: own });
    const { email } = await givenUser(other);
    const { text, headers } = await mail.waitForMail(email, VERIFY_SUBJECT);
    findLinkToken(text, 'https://api.example.com', 'verify-email');
    expect(headers['message-id']).toMatch(/^<[\w-]+@api\.example\.com>$/);
    await other.stop();
  });
});

describe('MAIL=off', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start({ env: { MAIL: 'off' } });
  });
  afterAll(() => app.stop());

  it('says so wherever mail is needed, before anything is changed', async () => {
    const { email, password, accessToken: token } = await givenUser(app);
    const responses = [
      await app.post('/api/v1/auth/forgot-password', { email }),
      await app.post('/api/v1/auth/resend-verification', { email }),
      await app.post('/api/v1/auth/forgot-password', { email: 'nobody@example.com' }),
      await app.post('/api/v1/auth/2fa/setup', { method: 'email' }, { token }),
      await app.post('/api/auth/email', { email: 'new@example.com', password }, { token }),
    ];
    for (const { status, body } of responses) {
      expect({ status, code: body.code, error: body.detail.error }).toEqual({
        status: 503,
        code: 'mail_not_configured',
        error: 'mail_not_configured',
      });
    }
    const me = await expectStatus(200, app.get('/api/auth/me', { token }));
    expect(me.body.email).toBe(email);
  });

  it('lets people register, log in and use an authenticator app without it', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    expect(user.backupCodes).toHaveLength(10);
    expect((await app.get('/dev/outbox', { headers: { host: 'localhost' } })).status).toBe(404);
    expect(await app.sql('SELECT 1 FROM mail_outbox')).toEqual([]);
    expect(await app.sql(MAIL_JOBS_SQL)).toEqual([]);
  });
});
