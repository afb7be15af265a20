import { type TestResponse, TestApp } from '../support/app/test-app.js';
import { givenApiKey } from '../support/auth/api-keys.js';
import { givenOwner, givenUser, type TestOwner } from '../support/auth/given-users.js';
import { expectStatus } from '../support/http/responses.js';

describe('the answers of the server', () => {
  let app: TestApp;
  let owner: TestOwner;
  let token: string;

  beforeAll(async () => {
    app = await TestApp.start();
    owner = await givenOwner(app);
    token = owner.accessToken;
  });
  afterAll(() => app.stop());

  describe('to a wrong method', () => {
    it.each([
      ['GET', '/api/auth/register', 'POST'],
      ['HEAD', '/api/auth/register', 'POST'],
      ['DELETE', '/api/auth/register/', 'POST'],
      ['OPTIONS', '/api/v1/auth/login', 'POST'],
      ['TRACE', '/api/v1/auth/login', 'POST'],
      ['POST', '/api/auth/me', 'DELETE, GET, HEAD, PATCH'],
      ['PUT', '/api/auth/sessions/0197e0c2-6a53-7cc1-9d3a-6f1f3b0f1c11', 'DELETE'],
      ['PUT', '/api/core/conversations?limit=1', 'GET, HEAD, POST'],
      ['POST', '/openapi.json', 'GET, HEAD'],
      ['POST', '/health/live', 'GET, HEAD'],
    ])('%s %s name the right ones', async (method, url, allow) => {
      const { status, headers, body } = await app.call(method, url);
      expect([status, headers.allow]).toEqual([405, allow]);
      expect(headers['cache-control']).toBe('no-store');
      expect(body).toMatchObject({ code: 'method_not_allowed', detail: { error: 'method_not_allowed' } });
    });

    it.each([
      ['GET', '/nowhere'],
      ['DELETE', '/api/auth/nowhere'],
      ['OPTIONS', '/api'],
      ['POST', '/dev/outbox'],
      ['POST', '/metrics'],
    ])('%s %s, which no client may see, are those to an unknown path', async (method, url) => {
      const { status, headers } = await app.call(method, url);
      expect([status, headers.allow]).toEqual([404, undefined]);
    });

    it('treat HEAD as GET without a body', async () => {
      for (const url of ['/api/auth/me', '/health/live', '/openapi.json']) {
        const [get, head] = [await app.get(url, { token }), await app.call('HEAD', url, { token })];
        expect([head.status, head.text, head.headers['content-type']]).toEqual([
          get.status,
          '',
          get.headers['content-type'],
        ]);
      }
    });
  });

  describe('for caches', () => {
    it.each<[string, () => Promise<TestResponse>]>([
      ['a profile', () => app.get('/api/auth/me', { token })],
      ['a profile of the XC API', () => app.get('/api/v1/users/me', { token })],
      ['a missing credential', () => app.get('/api/auth/me')],
      ['an unknown path', () => app.get('/api/nowhere')],
      ['a path that cannot be decoded', () => app.get('/api/%zz')],
      ['a path of the OpenAI API', () => app.get('/v1/nowhere')],
      ['an invalid body', () => app.post('/api/auth/register', { username: '' })],
      ['a broken body', () => app.call('POST', '/api/auth/register', { form: { a: 'b' } })],
      ['an unknown tenant', () => app.get('/api/integration/fingerprint?tenantId=x')],
      ['health', () => app.get('/health/ready')],
      ['metrics', () => app.get('/metrics')],
      ['a page of a mail', () => app.get('/verify-email?token=x')],
    ])('forbid to store %s', async (_what, request) => {
      expect((await request()).headers['cache-control']).toBe('no-store');
    });

    it('forbid to store a replay', async () => {
      const create = (): Promise<TestResponse> =>
        app.post(
          '/api/core/conversations',
          { title: 'A' },
          { token, headers: { 'idempotency-key': 'cache' } },
        );
      await create();
      const replay = await expectStatus(201, create());
      expect(replay.headers).toMatchObject({ 'idempotent-replayed': 'true', 'cache-control': 'no-store' });
    });

    it('forbid to store or to transform an event stream, in one header', async () => {
      await app.nest.listen(0, '127.0.0.1');
      const stream = await fetch(`${await app.nest.getUrl()}/api/ai/generate`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ message: 'Hello', stream: true }),
      });
      await stream.text();
      expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
      expect(stream.headers.get('cache-control')).toBe('no-store, no-transform');
    });

    it.each(['/openapi.json', '/docs/api', '/docs/api/swagger-ui.css', '/.well-known/jwks.json'])(
      'allow to store %s',
      async (url) => {
        expect((await expectStatus(200, app.get(url))).headers['cache-control']).toMatch(
          /^public, max-age=\d+$/,
        );
      },
    );
  });

  describe('to an API key', () => {
    it.each(['', 'Basic dXNlcjpwYXNz', 'basic', 'Digest a', 'Bearer', 'Bearer '])(
      'do not depend on %j in Authorization',
      async (authorization) => {
        const { key } = await givenApiKey(app, { organizationId: owner.organizationId, by: owner });
        const headers = { 'x-api-key': key, authorization };
        await expectStatus(200, app.get('/api/organizations', { headers }));
        const refused = await expectStatus(403, app.get('/api/auth/sessions', { headers }));
        expect(refused.body.code).toBe('bearer_required');
      },
    );

    it('refuse an invalid access token beside it', async () => {
      const { key } = await givenApiKey(app, { organizationId: owner.organizationId, by: owner });
      const headers = { 'x-api-key': key, authorization: 'Bearer x' };
      await expectStatus(401, app.get('/api/organizations', { headers }));
    });
  });

  it('show the client behind a proxy without its port', async () => {
    const node = await TestApp.start({ env: { TRUST_PROXY: '1', RATE_LIMITS: 'on' } });
    const forwarded = { 'x-forwarded-for': 'forged, 203.0.113.9:51234' };
    const { username, password } = await givenUser(node);
    const form = { username, password };
    const { body } = await expectStatus(
      200,
      node.call('POST', '/api/auth/token', { form, headers: forwarded }),
    );
    const sessions = await expectStatus(200, node.get('/api/auth/sessions', { token: body.access_token }));
    expect((sessions.body as { ip: string }[])[0]?.ip).toBe('203.0.113.9');
    const statuses: number[] = [];
    for (let port = 0; port < 11; port += 1) {
      const headers = { 'x-forwarded-for': `203.0.113.9:${50_000 + port}` };
      const wrong = { username, password: 'wrong' };
      statuses.push((await node.call('POST', '/api/auth/token', { form: wrong, headers })).status);
    }
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429]);
    await node.stop();
  });
});
