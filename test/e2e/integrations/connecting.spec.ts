import { parseConfig } from '@/platform/config/index.js';
import { TestApp } from '@test/support/app/test-app.js';
import {
  connect,
  decide,
  getCompletion,
  givenConnectedUser,
  CALENDAR_PATH,
} from '@test/support/google/connected-users.js';
import { FakeGoogle } from '@test/support/google/fake-google.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  givenUserWithId,
  inParallel,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

const SCOPE = 'https://www.googleapis.com/auth/calendar';
const RETURN_URL = 'https://app.example.com/calendar?tab=1';

describe('a calendar', () => {
  let app: TestApp;
  let google: FakeGoogle;
  let ada: UserWithId;
  let bob: UserWithId;

  beforeAll(async () => {
    google = await FakeGoogle.start();
    app = await TestApp.start({ env: { ...google.env, INTEGRATION_RETURN_URLS: RETURN_URL } });
  });
  // Access tokens expire when a test moves the clock.
  beforeEach(async () => {
    ada = await givenUserWithId(app);
    bob = await givenUserWithId(app);
  });
  afterEach(() => google.reset());
  afterAll(async () => {
    await app.stop();
    await google.stop();
  });

  const start = async (token: string, query = ''): Promise<Record<string, string>> =>
    (await expectStatus(200, app.get(`${CALENDAR_PATH}/start${query}`, { token }))).body as never;
  const status = async (token: string): Promise<Record<string, unknown>> =>
    (await expectStatus(200, app.get(`${CALENDAR_PATH}/status`, { token }))).body as never;

  it('is connected by its user, listed, and disconnected', async () => {
    const { id, accessToken: token } = await givenUserWithId(app);
    expect(await status(token)).toMatchObject({ status: 'not_connected', connected_at: null });
    const { body } = await connect(app, google, token, { email: 'Eve@gmail.example' });
    expect(body).toEqual({
      id: expect.any(String),
      provider: 'google_calendar',
      status: 'active',
      scopes: [
        'https://www.googleapis.com/auth/userinfo.email',
        'openid',
        `${SCOPE}.events`,
        `${SCOPE}.freebusy`,
      ].sort(),
      account_email: 'eve@gmail.example',
      connected_at: expect.stringMatching(/Z$/),
      missing_scopes: [],
      authorization_url: null,
    });
    const { id: connectionId, provider, scopes, account_email, connected_at } = body;
    const listed = { id: connectionId, provider, status: 'active', scopes, account_email, connected_at };
    expect((await expectStatus(200, app.get('/api/integrations', { token }))).body).toEqual([listed]);
    expect((await expectStatus(200, app.get('/api/integrations', { token: bob.accessToken }))).body).toEqual(
      [],
    );
    expect(await status(token)).toMatchObject({
      status: 'active',
      account_email: 'eve@gmail.example',
      last_success_at: expect.stringMatching(/Z$/),
      expires_at: expect.stringMatching(/Z$/),
      last_error: null,
      authorization_url: null,
    });
    const results = await inParallel(5, () => app.delete(CALENDAR_PATH, { token }));
    expect(results.map(({ status: code }) => code).sort()).toEqual([204, 404, 404, 404, 404]);
    await expectRevoked('Eve@gmail.example');
    expect(await app.sql('SELECT id FROM integration_connections WHERE user_id = $1', [id])).toEqual([]);
    expect(await status(token)).toMatchObject({ status: 'not_connected' });
  });

  it('is asked for with PKCE, a state, the exact redirect URI and offline access', async () => {
    const { authorization_url, state } = await start(ada.accessToken);
    const { searchParams: query } = new URL(authorization_url ?? '');
    expect(Object.fromEntries(query)).toEqual({
      response_type: 'code',
      client_id: google.oauth.clientId,
      redirect_uri: 'http://127.0.0.1:3000/api/integrations/google-calendar/callback',
      scope: `openid email ${SCOPE}.events ${SCOPE}.freebusy`,
      state,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
      access_type: 'offline',
      prompt: 'consent',
    });
    const redirected = await app.get(`${CALENDAR_PATH}/start?redirect=true`, { token: ada.accessToken });
    expect([redirected.status, redirected.headers.location]).toEqual([
      302,
      expect.stringContaining(`${google.url}/auth?`),
    ]);
  });

  it('returns the browser to an allowed URL only', async () => {
    for (const other of [
      'https://app.example.com/calendar',
      `${RETURN_URL}&x=1`,
      'https://evil.example',
      'nonsense',
    ]) {
      const query = `?return_to=${encodeURIComponent(other)}`;
      const refused = await app.get(`${CALENDAR_PATH}/start${query}`, { token: ada.accessToken });
      expect(statusAndCode(refused)).toEqual([400, 'validation_failed']);
      expect(refused.body.detail.fields).toEqual([expect.objectContaining({ path: 'return_to' })]);
    }
    const { authorization_url: url = '' } = await start(
      ada.accessToken,
      `?return_to=${encodeURIComponent(RETURN_URL)}`,
    );
    const callback = await app.get(await decide(google, url));
    const location = new URL(callback.headers.location ?? '');
    expect([callback.status, callback.text, callback.headers['referrer-policy']]).toEqual([
      302,
      '',
      'no-referrer',
    ]);
    expect(location.href).toContain(
      'https://app.example.com/calendar?tab=1&integration=google_calendar&completion=',
    );
    const completion = location.searchParams.get('completion');
    await expectStatus(
      200,
      app.post(`${CALENDAR_PATH}/complete`, { completion }, { token: ada.accessToken }),
    );
  });

  it('returns only to APP_URL by default', () => {
    const { integrations } = parseConfig({ APP_URL: 'https://app.example.com/' });
    expect(integrations.returnUrls).toEqual(['https://app.example.com/', 'https://app.example.com']);
    expect(parseConfig({}).integrations.returnUrls).toEqual([]);
  });

  it('is not connected when its user refuses', async () => {
    const { authorization_url: url = '' } = await start(ada.accessToken);
    const callback = await decide(google, url, { denied: true });
    const page = await expectStatus(200, app.get(callback));
    expect(page.text).toContain('Google did not grant access');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(statusAndCode(await app.get(callback))).toEqual([400, 'integration_state_invalid']);
    const returning = await start(ada.accessToken, `?return_to=${encodeURIComponent(RETURN_URL)}`);
    const refused = await app.get(await decide(google, returning.authorization_url ?? '', { denied: true }));
    expect(refused.headers.location).toBe(`${RETURN_URL}&integration=google_calendar&error=access_denied`);
  });

  it('takes a state once, for 15 minutes, and no other one', async () => {
    const { authorization_url: url = '', state = '' } = await start(ada.accessToken);
    const callback = await decide(google, url);
    const results = await inParallel(5, () => app.get(callback));
    expect(results.map(({ status: code }) => code).sort()).toEqual([200, 400, 400, 400, 400]);
    const another = await start(ada.accessToken);
    const late = await decide(google, another.authorization_url ?? '');
    app.clock.advance(901);
    const forged = [
      late,
      callback,
      `${CALENDAR_PATH}/callback?code=x&state=${state.slice(0, -4)}AAAA`,
      `${CALENDAR_PATH}/callback?code=x&state=nonsense`,
    ];
    for (const path of forged)
      expect(statusAndCode(await app.get(path))).toEqual([400, 'integration_state_invalid']);
    const foreign = await start((await givenUserWithId(app)).accessToken);
    const wrongIssuer = await decide(google, foreign.authorization_url ?? '');
    expect(statusAndCode(await app.get(`${wrongIssuer}&iss=https%3A%2F%2Fevil.example`))).toEqual([
      400,
      'integration_state_invalid',
    ]);
  });

  it('is connected only by the user who started it, once, within five minutes', async () => {
    const completion = await getCompletion(app, google, ada.accessToken);
    const complete = (token: string, value: string) =>
      app.post(`${CALENDAR_PATH}/complete`, { completion: value }, { token });
    expect(statusAndCode(await complete(bob.accessToken, completion))).toEqual([
      403,
      'integration_for_another',
    ]);
    const results = await inParallel(6, () => complete(ada.accessToken, completion));
    expect(results.map(({ status: code }) => code).sort()).toEqual([200, 400, 400, 400, 400, 400]);
    const late = await getCompletion(app, google, ada.accessToken);
    app.clock.advance(301);
    for (const value of [completion, late, 'unknown'])
      expect(statusAndCode(await complete(ada.accessToken, value))).toEqual([
        400,
        'integration_completion_invalid',
      ]);
    expect(await app.sql('SELECT id FROM integration_connections WHERE user_id = $1', [bob.id])).toEqual([]);
  });

  it('repeats the answer of a completion with an idempotency key', async () => {
    const completion = await getCompletion(app, google, ada.accessToken);
    const call = { token: ada.accessToken, headers: { 'idempotency-key': 'complete-once' } };
    const first = await expectStatus(200, app.post(`${CALENDAR_PATH}/complete`, { completion }, call));
    const second = await expectStatus(200, app.post(`${CALENDAR_PATH}/complete`, { completion }, call));
    expect(second.body).toEqual(first.body);
    expect(second.headers['idempotent-replayed']).toBe('true');
  });

  it('can be completed again after a failure of Google that passes, and not after a refusal', async () => {
    const { accessToken: token } = await givenUserWithId(app);
    const completion = await getCompletion(app, google, token);
    google.intercept = ({ path }) => (path === '/token' ? { status: 503 } : undefined);
    const complete = () => app.post(`${CALENDAR_PATH}/complete`, { completion }, { token });
    expect(statusAndCode(await complete())).toEqual([502, 'provider_failed']);
    google.intercept = ({ path }) => (path === '/token' ? 'hang up' : undefined);
    expect(statusAndCode(await complete())).toEqual([502, 'provider_failed']);
    google.intercept = ({ path }) =>
      path === '/token' ? { status: 400, body: { error: 'invalid_grant' } } : undefined;
    expect(statusAndCode(await complete())).toEqual([400, 'integration_code_refused']);
    google.reset();
    expect(statusAndCode(await complete())).toEqual([400, 'integration_completion_invalid']);
  });

  it('with fewer permissions than asked for has a link that asks again', async () => {
    const { accessToken: token } = await givenUserWithId(app);
    const email = 'grace@gmail.example';
    const { body } = await connect(app, google, token, { email, withheld: [`${SCOPE}.freebusy`] });
    const missing = { status: 'scope_missing', missing_scopes: [`${SCOPE}.freebusy`] };
    expect(body).toMatchObject(missing);
    const { authorization_url: url, ...health } = await status(token);
    expect(health).toMatchObject(missing);
    expect(new URL(String(url)).searchParams.get('login_hint')).toBe(email);
    const refused = await app.get(
      `${CALENDAR_PATH}/free-busy?from=2036-01-01T00:00:00Z&to=2036-01-02T00:00:00Z`,
      { token },
    );
    expect(statusAndCode(refused)).toEqual([403, 'integration_scope_missing']);
    expect(refused.body.detail).toMatchObject({
      missing_scopes: missing.missing_scopes,
      authorization_url: expect.any(String),
    });
    const page = await expectStatus(200, app.get(await decide(google, String(url), { email })));
    const completion = /<code>([\w-]+)<\/code>/.exec(page.text)?.[1];
    const whole = await expectStatus(200, app.post(`${CALENDAR_PATH}/complete`, { completion }, { token }));
    expect(whole.body).toMatchObject({ id: body.id, status: 'active' });
  });

  it('belongs to the account that its user connected last', async () => {
    const user = await givenConnectedUser(app, google);
    await connect(app, google, user.accessToken, { email: user.account });
    expect(google.oauth.isGranted(user.account)).toBe(true); // a revocation would end the second grant as well
    await connect(app, google, user.accessToken, { email: 'other@gmail.example' });
    await expectRevoked(user.account);
    expect(google.oauth.isGranted('other@gmail.example')).toBe(true);
    expect(await status(user.accessToken)).toMatchObject({ account_email: 'other@gmail.example' });
  });

  async function expectRevoked(email: string): Promise<void> {
    for (let poll = 0; poll < 200 && google.oauth.isGranted(email); poll += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(google.oauth.isGranted(email)).toBe(false);
  }
});
