import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import { getTempToken, givenUser, PASSWORD, type TestUser } from '@test/support/auth/given-users.js';
import { wrongCode } from '@test/support/auth/two-factor-steps.js';
import { expectStatus } from '@test/support/http/responses.js';

describe('the token endpoint for OAuth 2.0 libraries', () => {
  let app: TestApp;
  let user: TestUser;

  beforeAll(async () => {
    app = await TestApp.start();
    user = await givenUser(app);
  });
  afterAll(() => app.stop());

  const request = (form: string | Record<string, string>, headers = {}): Promise<TestResponse> =>
    app.nest
      .inject({
        method: 'POST',
        url: '/api/auth/token',
        payload: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      })
      .then(({ statusCode, payload, headers: answered }) => ({
        status: statusCode,
        body: JSON.parse(payload) as never,
        text: payload,
        headers: answered as never,
        typedBody: () => JSON.parse(payload) as never,
      }));
  const credentials = (): Record<string, string> => ({ username: user.username, password: PASSWORD });

  it.each([
    ['no grant type', {}],
    ['an empty grant type', { grant_type: '', scope: '' }],
    ['the password grant', { grant_type: 'password', scope: 'openid profile' }],
    ['a client in the form', { client_id: 'web', client_secret: 'secret', client_assertion: 'x.y.z' }],
    ['unknown parameters', { audience: 'https://api', resource: 'a', temp_token: '' }],
  ])('issues tokens for %s', async (_, fields) => {
    const { body } = await expectStatus(200, request({ ...credentials(), ...fields }));
    expect(body).toMatchObject({ token_type: 'bearer', expires_in: 900 });
  });

  it('ignores client credentials in the header', async () => {
    const authorization = `Basic ${Buffer.from('client:secret').toString('base64')}`;
    await expectStatus(200, request(credentials(), { authorization }));
  });

  it('rotates a refresh token by the rules of refresh', async () => {
    const first = await expectStatus(200, request(credentials()));
    const rotate = (token: string): Promise<TestResponse> =>
      request({ grant_type: 'refresh_token', refresh_token: token, client_id: 'web' });
    const second = await expectStatus(200, rotate(first.body.refresh_token));
    expect(second.body.refresh_token).not.toBe(first.body.refresh_token);
    const again = await expectStatus(200, rotate(first.body.refresh_token)); // a lost response
    expect(again.body.refresh_token).toBe(second.body.refresh_token);
    app.clock.advance(11);
    const reused = await rotate(first.body.refresh_token);
    expect([reused.status, reused.body.error]).toEqual([401, 'invalid_grant']);
    expect((await rotate(second.body.refresh_token)).status).toBe(401);
  });

  it('has the errors of OAuth 2.0, and no WWW-Authenticate', async () => {
    const twoFactorUser = await givenUser(app, { twoFactor: 'totp' });
    const second = {
      grant_type: 'two_factor',
      temp_token: await getTempToken(app, twoFactorUser),
      code: wrongCode(app, twoFactorUser),
    };
    const cases: [string, number, string, string | Record<string, string>][] = [
      ['invalid_request', 400, 'validation_failed', { username: 'ada' }],
      ['invalid_request', 400, 'validation_failed', 'username=ada&username=eve&password=x'],
      ['invalid_request', 400, 'validation_failed', 'username=ada&password=x&audience=a&audience=b'],
      ['invalid_request', 400, 'validation_failed', { grant_type: 'refresh_token' }],
      ['unsupported_grant_type', 400, 'unsupported_grant_type', { grant_type: 'client_credentials' }],
      ['invalid_grant', 401, 'credentials_invalid', { ...credentials(), password: 'wrong' }],
      ['invalid_grant', 401, 'token_invalid', { grant_type: 'refresh_token', refresh_token: 'xr_unknown' }],
      ['invalid_grant', 401, 'two_factor_code_invalid', second],
      ['invalid_grant', 403, 'two_factor_required', { ...credentials(), username: twoFactorUser.username }],
    ];
    for (const [error, status, code, form] of cases) {
      const response = await request(form);
      expect([response.status, response.body.code, response.body.error]).toEqual([status, code, error]);
      expect(response.body.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
      expect(response.body.detail).toBeDefined();
      expect(response.headers['www-authenticate']).toBeUndefined();
    }
    for (let index = 0; index < 10; index += 1) await request({ username: 'ghost', password: 'wrong' });
    const limited = await request({ username: 'ghost', password: 'wrong' });
    expect([limited.status, limited.body.error]).toEqual([429, 'temporarily_unavailable']);
    const json = await app.post('/api/auth/token', credentials());
    expect([json.status, json.body.error]).toEqual([415, 'invalid_request']);
  });

  it('leaves other operations as they are', async () => {
    const { body, headers } = await app.get('/api/auth/me');
    expect(body.error).toBeUndefined();
    expect(headers['www-authenticate']).toBe('Bearer');
  });

  it('is described by metadata, at the address of RFC 8414 also for a PUBLIC_URL with a path', async () => {
    const url = '/.well-known/oauth-authorization-server';
    const other = await TestApp.start({ env: { PUBLIC_URL: 'https://api.example.com/xentree/' } });
    const base = 'https://api.example.com/xentree';
    for (const path of [url, `${url}/xentree`]) {
      const { body, headers } = await expectStatus(200, other.get(path));
      expect(body).toEqual({
        issuer: base,
        token_endpoint: `${base}/api/auth/token`,
        jwks_uri: `${base}/.well-known/jwks.json`,
        grant_types_supported: ['password', 'two_factor', 'refresh_token'],
        response_types_supported: [],
        token_endpoint_auth_methods_supported: ['none'],
      });
      expect(headers['cache-control']).toBe('public, max-age=300');
    }
    expect((await other.get(`${url}/another`)).status).toBe(404);
    expect((await app.get(`${url}/xentree`)).status).toBe(404);
    await expectStatus(200, app.get(url));
    await other.stop();
  });
});
