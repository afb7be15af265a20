import { TestApp } from '@test/support/app/test-app.js';
import { givenOwner, givenUser, totpCode } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';

const DAY_SECONDS = 86_400;

describe('renewal by access token', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  const REFRESH_URLS = ['/api/auth/refresh', '/api/v1/auth/refresh'] as const;

  /** Renews every 14 minutes, in both APIs in turn, until it is refused or `seconds` have passed. */
  async function refreshRepeatedly(
    seconds: number,
    from: string,
  ): Promise<{ access: string; lasted: number }> {
    let access = from;
    for (let passed = 0, turn = 0; passed < seconds; turn += 1) {
      const wait = Math.min(14 * 60, seconds - passed);
      app.clock.advance(wait);
      passed += wait;
      const renewed = await app.post(REFRESH_URLS[turn % 2] as string, undefined, { token: access });
      if (renewed.status === 401) return { access, lasted: passed };
      access = (await expectStatus(200, Promise.resolve(renewed))).body.access_token;
    }
    return { access, lasted: seconds };
  }

  it('returns the documented fields, and the old token stays valid until it expires', async () => {
    const { accessToken: old } = await givenUser(app);
    app.clock.advance(600);
    const xc = await expectStatus(200, app.post('/api/v1/auth/refresh', undefined, { token: old }));
    expect(Object.keys(xc.body)).toEqual(['access_token', 'token_type']);
    const xentree = await expectStatus(200, app.post('/api/auth/refresh', undefined, { token: old }));
    expect(Object.keys(xentree.body).sort()).toEqual(['access_token', 'expires_in', 'token_type']);
    await expectStatus(200, app.get('/api/v1/users/me', { token: old }));
    app.clock.advance(301);
    for (const url of REFRESH_URLS) await expectStatus(401, app.post(url, undefined, { token: old }));
    await expectStatus(401, app.get('/api/v1/users/me', { token: old }));
    await expectStatus(200, app.get('/api/v1/users/me', { token: xc.body.access_token }));
  });

  it('accepts no body in the XC API, and no refresh token as access token', async () => {
    const { accessToken, refreshToken } = await givenUser(app);
    await expectStatus(401, app.post('/api/v1/auth/refresh', undefined, { token: refreshToken }));
    await expectStatus(401, app.post('/api/v1/auth/refresh'));
    await expectStatus(401, app.post('/api/auth/refresh'));
    await expectStatus(401, app.post('/api/auth/refresh', { refresh_token: accessToken }));
    await expectStatus(401, app.get('/api/auth/me', { token: refreshToken }));
  });

  it('stops 24 hours after the last use of the refresh token, until the next use', async () => {
    const user = await givenUser(app);
    const { access, lasted } = await refreshRepeatedly(2 * DAY_SECONDS, user.accessToken);
    expect(lasted).toBeGreaterThanOrEqual(DAY_SECONDS);
    expect(lasted).toBeLessThan(DAY_SECONDS + 900);
    await expectStatus(200, app.get('/api/auth/me', { token: access }));
    const rotated = await expectStatus(
      200,
      app.post('/api/auth/refresh', { refresh_token: user.refreshToken }),
    );
    const again = await refreshRepeatedly(3600, rotated.body.access_token);
    expect(again.lasted).toBe(3600);
  });

  it('works again after a step-up', async () => {
    const user = await givenUser(app, { twoFactor: 'totp' });
    const young = await expectStatus(200, app.post(REFRESH_URLS[0], undefined, { token: user.accessToken }));
    const { access } = await refreshRepeatedly(DAY_SECONDS - 1800, young.body.access_token);
    const code = totpCode(app, user.secret);
    const lifted = await expectStatus(200, app.post('/api/v1/auth/step-up', { code }, { token: access }));
    const { lasted } = await refreshRepeatedly(2 * DAY_SECONDS, lifted.body.access_token);
    expect(lasted).toBeGreaterThanOrEqual(DAY_SECONDS);
    expect(lasted).toBeLessThan(DAY_SECONDS + 900);
  });

  it('does not count as activity of a session with a refresh token', async () => {
    const user = await givenUser(app);
    expect((await refreshRepeatedly(DAY_SECONDS - 1800, user.accessToken)).lasted).toBe(DAY_SECONDS - 1800);
    app.clock.advance(6 * DAY_SECONDS + 1800 + 60); // 7 days after the login
    await expectStatus(401, app.post('/api/auth/refresh', { refresh_token: user.refreshToken }));
  });

  it('continues beyond 24 hours without a refresh token, until the absolute end', async () => {
    const owner = await givenOwner(app);
    const { access, lasted } = await refreshRepeatedly(DAY_SECONDS + 3600, owner.accessToken);
    expect(lasted).toBe(DAY_SECONDS + 3600);
    const [session] = (await expectStatus(200, app.get('/api/auth/sessions', { token: access }))).body;
    const left = Date.parse(session.expires_at) - app.clock.millis();
    expect(left).toBeLessThanOrEqual((29 * DAY_SECONDS - 3600) * 1000);
    expect(left).toBeGreaterThan((29 * DAY_SECONDS - 3700) * 1000);
  });

  it('limits the lifetime of the last tokens to the end of the session', async () => {
    const { email, password } = await givenOwner(app);
    const login = await expectStatus(200, app.post('/api/v1/auth/login', { email, password }));
    const end = new Date(app.clock.millis() + 1200_000);
    await app.sql(
      'UPDATE sessions SET expires_at = $1 WHERE id = (SELECT max(id::text)::uuid FROM sessions)',
      [end],
    );
    const { access, lasted } = await refreshRepeatedly(3600, login.body.access_token);
    expect(lasted).toBe(2 * 14 * 60);
    await expectStatus(401, app.get('/api/auth/me', { token: access }));
  });
});
