import { DueTokenRefresher } from '@/modules/integrations/connections/due-token-refresher.js';
import { JobQueue } from '@/platform/jobs/index.js';
import { MemoryLog } from '@test/support/app/memory-log.js';
import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import { dumpDatabase } from '@test/support/database/database-dump.js';
import {
  CALENDAR_PATH,
  connect,
  type ConnectedUser,
  givenConnectedUser,
} from '@test/support/google/connected-users.js';
import { FakeGoogle } from '@test/support/google/fake-google.js';
import { apiError } from '@test/support/google/fake-http.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import { inParallel } from '@test/support/organizations/given-organizations.js';

const READ = `${CALENDAR_PATH}/events?from=2036-01-01T00:00:00Z&to=2036-01-02T00:00:00Z`;
const EVENTS = '/calendar/v3/calendars/primary/events';

describe('the tokens of a connection', () => {
  let app: TestApp;
  let sibling: TestApp;
  let google: FakeGoogle;
  let user: ConnectedUser;
  const log = new MemoryLog();

  beforeAll(async () => {
    google = await FakeGoogle.start();
    app = await TestApp.start({ env: google.env, log });
    sibling = await TestApp.start({ env: google.env, siblingOf: app, log });
  });
  beforeEach(async () => {
    user = await givenConnectedUser(app, google);
    google.requests.length = 0;
  });
  afterEach(() => google.reset());
  afterAll(async () => {
    await sibling.stop();
    await app.stop();
    await google.stop();
  });

  const read = (node = app): Promise<TestResponse> => node.get(READ, { token: user.accessToken });
  const status = async (): Promise<Record<string, unknown>> =>
    (await expectStatus(200, app.get(`${CALENDAR_PATH}/status`, { token: user.accessToken }))).body as never;
  const expire = (seconds = -60): Promise<unknown> =>
    app.sql(
      `UPDATE integration_connections SET access_expires_at = now() + make_interval(secs => $2) WHERE user_id = $1`,
      [user.id, seconds],
    );
  const brokenMails = async (): Promise<number> =>
    (await app.mails(user.email)).filter(({ subject }) => /not connected any more/.test(subject)).length;
  const isRefresh = ({ path, form }: { path: string; form: URLSearchParams }): boolean =>
    path === '/token' && form.get('grant_type') === 'refresh_token';

  it.each([
    ['have expired', () => expire()],
    ['are not accepted before their end', async () => google.oauth.expireAccessTokens()],
  ])('are refreshed once by ten parallel reads of two processes when they %s', async (_when, end) => {
    await end();
    google.tokenDelayMs = 100;
    const responses = await inParallel(10, (index) => read(index % 2 === 0 ? app : sibling));
    expect(responses.map((response) => response.status)).toEqual(responses.map(() => 200));
    expect(google.count('POST', '/token')).toBe(1);
  });

  it('are kept when Google replaces the refresh token', async () => {
    google.oauth.rotates = true;
    for (let round = 0; round < 3; round += 1) {
      google.oauth.expireAccessTokens();
      await expectStatus(200, read());
    }
    expect(google.count('POST', '/token')).toBe(3);
  });

  it('end with invalid_grant: the owner is mailed once, and once when they connect again', async () => {
    google.oauth.revokeAccount(user.account);
    const responses = await inParallel(6, (index) => read(index % 2 === 0 ? app : sibling));
    for (const response of responses)
      expect(statusAndCode(response)).toEqual([409, 'integration_reconnect_required']);
    expect(statusAndCode(await read())).toEqual([409, 'integration_reconnect_required']);
    expect(google.count('POST', '/token')).toBe(1);
    expect(await status()).toMatchObject({
      status: 'reconnect_required',
      expires_at: null,
      last_error: expect.stringContaining('no longer accepts'),
      authorization_url: expect.any(String),
    });
    expect(await brokenMails()).toBe(1);
    await connect(app, google, user.accessToken, { email: user.account });
    await expectStatus(200, read());
    await connect(app, google, user.accessToken, { email: user.account });
    const subjects = (await app.mails(user.email)).map(({ subject }) => subject);
    expect(subjects.filter((subject) => /connected again/.test(subject))).toHaveLength(1);
  });

  it('end although the request has an idempotency key', async () => {
    google.oauth.revokeAccount(user.account);
    const body = { title: 'x', starts_at: '2036-01-01T10:00:00Z', ends_at: '2036-01-01T11:00:00Z' };
    const headers = { 'idempotency-key': 'broken' };
    const refused = await app.post(`${CALENDAR_PATH}/events`, body, { token: user.accessToken, headers });
    expect(statusAndCode(refused)).toEqual([409, 'integration_reconnect_required']);
    expect((await status()).status).toBe('reconnect_required');
    expect(await brokenMails()).toBe(1);
  });

  it.each([
    ['another error', { status: 400, body: { error: 'invalid_client' } }],
    ['an error of the server', { status: 503, body: 'Service Unavailable' }],
    ['nonsense', { status: 200, body: { token: 1 } }],
  ])('do not end with %s of the token endpoint', async (_what, answer) => {
    google.intercept = (request) => (isRefresh(request) ? answer : undefined);
    await expire(30);
    await expectStatus(200, read()); // the token is valid for 30 seconds more
    await expire();
    expect(statusAndCode(await read())).toEqual([502, 'provider_failed']);
    expect(await status()).toMatchObject({ status: 'active', last_error: expect.stringMatching(/^Google /) });
    google.reset();
    await expectStatus(200, read());
    expect(await status()).toMatchObject({ status: 'active', last_error: null });
    expect(await brokenMails()).toBe(0);
  });

  it('are refreshed once for a request that is not accepted, and never for one that is forbidden', async () => {
    google.intercept = ({ path }) => (path === EVENTS ? apiError(401, 'authError') : undefined);
    expect(statusAndCode(await read())).toEqual([502, 'provider_failed']);
    expect([google.count('GET', EVENTS), google.count('POST', '/token')]).toEqual([2, 1]);
    google.reset();
    google.intercept = ({ path }) => (path === EVENTS ? apiError(403, 'forbidden') : undefined);
    expect(statusAndCode(await read())).toEqual([502, 'provider_failed']);
    expect([google.count('GET', EVENTS), google.count('POST', '/token')]).toEqual([1, 0]);
  });

  it('lack a scope when Google says so: the owner is mailed once', async () => {
    google.intercept = ({ path }) => (path === EVENTS ? apiError(403, 'insufficientPermissions') : undefined);
    for (let round = 0; round < 2; round += 1)
      expect(statusAndCode(await read())).toEqual([403, 'integration_scope_missing']);
    expect([google.count('GET', EVENTS), google.count('POST', '/token'), await brokenMails()]).toEqual([
      1, 0, 1,
    ]);
  });

  it('are used again after a short pause when Google limits requests, within bounds', async () => {
    let limited = 2;
    google.intercept = ({ path }) =>
      path === EVENTS && limited-- > 0 ? apiError(403, 'rateLimitExceeded') : undefined;
    await expectStatus(200, read());
    expect(google.count('GET', EVENTS)).toBe(3);
    google.reset();
    google.intercept = ({ path }) =>
      path === EVENTS
        ? { ...apiError(429, 'rateLimitExceeded'), headers: { 'retry-after': '120' } }
        : undefined;
    const refused = await read();
    expect([...statusAndCode(refused), refused.headers['retry-after']]).toEqual([
      429,
      'integration_rate_limited',
      '120',
    ]);
    expect(google.count('GET', EVENTS)).toBe(1);
  });

  it('are refreshed once a day, also when nothing uses them, which notices a revocation', async () => {
    const due = app.nest.get(DueTokenRefresher);
    const { signal } = new AbortController();
    await due.run(signal);
    expect(google.count('POST', '/token')).toBe(0);
    await app.sql(
      `UPDATE integration_connections SET refreshed_at = now() - interval '23 hours' WHERE user_id = $1`,
      [user.id],
    );
    google.oauth.revokeAccount(user.account);
    await Promise.all([due.run(signal), sibling.nest.get(DueTokenRefresher).run(signal)]);
    expect([google.count('POST', '/token'), await brokenMails()]).toEqual([1, 1]);
  });

  it('are refreshed after the process died that began to refresh them', async () => {
    await expire();
    await app.sql(
      `UPDATE integration_connections SET refresh_claim = gen_random_uuid(), refresh_claimed_until = now() - interval '1 second'
       WHERE user_id = $1`,
      [user.id],
    );
    await expectStatus(200, read());
  });

  it('are gone when the user disconnects during a refresh', async () => {
    await expire();
    google.tokenDelayMs = 150;
    google.oauth.rotates = true;
    const reading = read();
    while (google.count('POST', '/token') === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await expectStatus(204, app.delete(CALENDAR_PATH, { token: user.accessToken }));
    expect(statusAndCode(await reading)).toEqual([404, 'integration_not_connected']);
  });

  it('are revoked after the erasure of the account, which does not wait for Google', async () => {
    google.intercept = ({ path }) => (path === '/revoke' ? { status: 503 } : undefined);
    const body = { password: user.password };
    await expectStatus(204, app.call('DELETE', '/api/auth/me', { token: user.accessToken, body }));
    expect(await app.sql('SELECT id FROM integration_connections WHERE user_id = $1', [user.id])).toEqual([]);
    while (google.count('POST', '/revoke') === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const payload = await waitForRevocation();
    google.reset();
    await runRevocation(payload);
    expect(google.oauth.isGranted(user.account)).toBe(false);
    google.reset();
    await runRevocation({ ...payload, until: app.clock.millis() });
    expect(google.requests).toEqual([]);
  });

  it('are never in clear, neither in rows nor in the log', async () => {
    const { text } = await dumpDatabase(app);
    expect(google.oauth.issued.length).toBeGreaterThan(20);
    for (const secret of [...google.oauth.issued, google.oauth.clientSecret]) {
      const hex = Buffer.from(secret).toString('hex');
      for (const form of [secret, hex, Buffer.from(secret).toString('base64').slice(0, -4)])
        expect([text.includes(form), log.text.includes(form)]).toEqual([false, false]);
    }
  });

  /** Returns the payload of the revocation that waits for its next attempt. */
  async function waitForRevocation(): Promise<Record<string, unknown>> {
    const jobs = app.nest.get(JobQueue);
    for (;;) {
      const rows = await app.sql<{ payload: unknown }>(
        `SELECT j.payload FROM graphile_worker._private_jobs j JOIN graphile_worker._private_tasks t ON t.id = j.task_id
         WHERE t.identifier = 'integrations.revoke' AND j.run_at > now()`,
      );
      const payloads = rows.map(
        ({ payload }) => jobs.open('integrations.revoke', payload) as { email: string },
      );
      const found = payloads.find(({ email }) => email === user.account);
      if (found) return found as never;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async function runRevocation(payload: unknown): Promise<void> {
    const handler = app.nest.get(JobQueue).handlers.get('integrations.revoke');
    await handler?.handle(payload, { attempt: 1, attempts: 12, signal: new AbortController().signal });
  }
});
