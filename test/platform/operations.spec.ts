import { HealthService } from '@/platform/health/health.service.js';
import { waitUntil } from '../support/app/server-process.js';
import { type TestResponse, TestApp } from '../support/app/test-app.js';
import { givenUser } from '../support/auth/given-users.js';
import { executeOnServer } from '../support/database/databases.js';
import { expectStatus } from '../support/http/responses.js';

const PROXY_HEADERS = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'via',
];
const METRICS_TOKEN = 'scrape-me-gently-0123456789';
const ORIGINS = ['https://app.example.com', 'http://localhost:5173'];

interface ClientOptions {
  remoteAddress?: string;
  headers?: Record<string, string>;
}

async function getStatus(app: TestApp, url: string, caller: ClientOptions): Promise<number> {
  return (await app.nest.inject({ method: 'GET', url, ...caller })).statusCode;
}

describe('operating a node', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start({ env: { CORS_ORIGINS: ORIGINS.join(', ') } });
  });
  afterAll(() => app.stop());

  describe('health', () => {
    it('is live and ready', async () => {
      expect((await app.get('/health/live')).body).toEqual({ status: 'ok' });
      expect((await expectStatus(200, app.get('/health/ready'))).body).toEqual({
        status: 'ok',
        checks: { database: true, migrations: true, listener: true },
      });
    });

    it('is live but not ready without its database, and ready again when it is back', async () => {
      const node = await TestApp.start();
      const name = new URL(node.databaseUrl).pathname.slice(1);
      const server = process.env.TEST_SERVER_URL ?? '';
      await executeOnServer(server, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      await executeOnServer(
        server,
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
      );
      await waitUntil(async () => (await node.get('/health/ready')).status === 503, 10_000);
      const { body } = await node.get('/health/ready');
      expect(body).toMatchObject({ status: 'unavailable', checks: { database: false, listener: false } });
      expect((await node.get('/health/live')).status).toBe(200);
      await executeOnServer(server, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
      await waitUntil(async () => (await node.get('/health/ready')).status === 200, 10_000);
      await givenUser(node);
      await node.stop();
    });

    it('sends load balancers elsewhere while it drains', async () => {
      const node = await TestApp.start();
      node.nest.get(HealthService).drain();
      const { body } = await expectStatus(503, node.get('/health/ready'));
      expect(body.status).toBe('draining');
      expect((await node.get('/health/live')).status).toBe(200);
      await node.stop();
    });
  });

  describe('metrics', () => {
    it('count requests by route pattern, and are for this machine only', async () => {
      await app.get('/api/auth/sessions');
      const { text, headers } = await expectStatus(200, app.get('/metrics'));
      expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(text).toContain('method="GET",route="/api/auth/sessions",status="401"');
      for (const remoteAddress of ['127.0.0.1', '::1', '::ffff:127.0.0.1'])
        expect(await getStatus(app, '/metrics', { remoteAddress })).toBe(200);
      for (const remoteAddress of ['203.0.113.9', '10.0.0.1', '2001:db8::1'])
        expect(await getStatus(app, '/metrics', { remoteAddress })).toBe(404);
    });

    it('has the pool, every queue, jobs, and each provider and model', async () => {
      const { accessToken: token } = await givenUser(app);
      await app.post('/api/ai/generate', { message: 'hello' }, { token });
      const { text } = await expectStatus(200, app.get('/metrics'));
      for (const queue of [
        'password_hashing',
        'password_strength',
        'local_answers',
        'large_pages',
        'searches',
      ])
        for (const state of ['running', 'waiting', 'refused_total'])
          expect(text).toMatch(new RegExp(`xentree_queue_${state}{queue="${queue}"} \\d+`));
      expect(text).not.toContain('queue="unnamed"');
      const pool = 'db_client_connection_pool_name="main"';
      expect(text).toMatch(
        new RegExp(`db_client_connection_count{${pool},db_client_connection_state="idle"} \\d+`),
      );
      for (const name of ['max', 'pending_requests', 'replaced_total'])
        expect(text).toMatch(new RegExp(`db_client_connection_${name}{${pool}} \\d+`));
      const call = 'gen_ai_operation_name="chat",gen_ai_provider_name="local",gen_ai_request_model="[^"]+"';
      expect(text).toMatch(
        new RegExp(`gen_ai_client_operation_duration_seconds_count{${call},error_type=""} \\d+`),
      );
      expect(text).toContain('# TYPE gen_ai_client_token_usage histogram');
      expect(text).toContain('# TYPE xentree_jobs_total counter');
    });

    it.each(PROXY_HEADERS)('are not handed through a proxy that sends %s', async (name) => {
      expect(await getStatus(app, '/metrics', { headers: { [name]: '203.0.113.9' } })).toBe(404);
    });

    it('are for the holder of the token, from anywhere, when one is set', async () => {
      const node = await TestApp.start({ env: { METRICS_TOKEN } });
      const ask = (authorization?: string) =>
        getStatus(node, '/metrics', {
          remoteAddress: '203.0.113.9',
          headers: authorization ? { authorization } : {},
        });
      expect(await ask(`Bearer ${METRICS_TOKEN}`)).toBe(200);
      for (const wrong of [
        undefined,
        METRICS_TOKEN,
        `Bearer ${METRICS_TOKEN}x`,
        'Bearer ',
        `Basic ${METRICS_TOKEN}`,
      ])
        expect(await ask(wrong)).toBe(404);
      expect(await getStatus(node, '/metrics', { remoteAddress: '127.0.0.1' })).toBe(404);
      await node.stop();
    });
  });

  describe('the development outbox', () => {
    const outbox = '/dev/outbox';

    it.each(['localhost', 'localhost:3000', '127.0.0.1:3000', '[::1]:3000'])(
      'answers at %s',
      async (host) => {
        expect(await getStatus(app, outbox, { headers: { host } })).toBe(200);
      },
    );

    it.each(['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'localhost@evil.example'])(
      'is not there for a page that rebound its name: %p',
      async (host) => {
        expect(await getStatus(app, outbox, { headers: { host } })).toBe(404);
      },
    );

    it.each(PROXY_HEADERS)('is not there for a request that was forwarded (%s)', async (name) => {
      expect(await getStatus(app, outbox, { headers: { host: 'localhost', [name]: '127.0.0.1' } })).toBe(404);
    });

    it('is not there for another machine, in production or with SMTP', async () => {
      const headers = { host: 'localhost' };
      expect(await getStatus(app, outbox, { headers, remoteAddress: '10.0.0.1' })).toBe(404);
      const production = {
        NODE_ENV: 'production',
        PASSWORD_BCRYPT_COST: '10',
        RATE_LIMITS: 'on',
        MAIL: 'off',
      };
      const environments: Record<string, string>[] = [
        { ...production, PUBLIC_URL: 'https://api.example.com' },
        { SMTP_URL: 'smtp://127.0.0.1:1' },
      ];
      for (const env of environments) {
        const node = await TestApp.start({ env });
        expect(await getStatus(node, outbox, { headers })).toBe(404);
        await node.stop();
      }
    });
  });

  describe('browsers', () => {
    const getFromOrigin = (origin: string, url = '/api/auth/me'): Promise<TestResponse> =>
      app.get(url, { headers: { origin } });

    it.each(ORIGINS)('may call from %s, refusals included, and see what they need', async (origin) => {
      const { status, headers } = await getFromOrigin(origin);
      expect(status).toBe(401);
      expect(headers['access-control-allow-origin']).toBe(origin);
      expect(headers.vary).toMatch(/Origin/i);
      expect(headers['access-control-allow-credentials']).toBeUndefined();
      const exposed = headers['access-control-expose-headers']?.split(/,\s*/).sort();
      const limits = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset', 'Retry-After'];
      expect(exposed).toEqual(['Idempotent-Replayed', 'Link', ...limits, 'X-Request-ID', 'X-Route']);
    });

    it.each([
      'https://evil.example',
      'https://app.example.com.evil.example',
      'http://app.example.com',
      'https://app.example.com:8443',
      'https://APP.example.com',
      'null',
      '*',
    ])('may not call from %s', async (origin) => {
      expect((await getFromOrigin(origin)).headers['access-control-allow-origin']).toBeUndefined();
    });

    it('may send every method and the headers of the API after asking', async () => {
      const headers = {
        origin: ORIGINS[0] ?? '',
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'authorization,content-type,idempotency-key',
      };
      const preflight = await expectStatus(204, app.call('OPTIONS', '/api/auth/me', { headers }));
      expect(preflight.headers['access-control-allow-origin']).toBe(ORIGINS[0]);
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
        expect(preflight.headers['access-control-allow-methods']).toContain(method);
      expect(preflight.headers['access-control-allow-headers']).toContain('idempotency-key');
    });

    it('may not call at all where no origin is listed', async () => {
      const node = await TestApp.start();
      const { headers } = await node.get('/health/live', { headers: { origin: 'https://app.example.com' } });
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
      await node.stop();
    });

    it.each(['/health/live', '/api/auth/me', '/nowhere', '/verify-email', '/docs/api', '/openapi.json'])(
      'are told to be careful with %s',
      async (url) => {
        const { headers } = await app.get(url);
        expect(headers).toMatchObject({
          'x-content-type-options': 'nosniff',
          'x-frame-options': expect.stringMatching(/^(SAMEORIGIN|DENY)$/),
          'referrer-policy': 'no-referrer',
          'strict-transport-security': expect.stringContaining('max-age='),
        });
        expect(headers['content-security-policy']).toMatch(
          /default-src '(none|self)'.*frame-ancestors 'none'/,
        );
        expect(headers['x-powered-by']).toBeUndefined();
        expect(headers.server).toBeUndefined();
      },
    );
  });

  describe('request ids', () => {
    it.each(['a', 'req-1.2:3_4', 'f'.repeat(128)])('are kept when well formed: %s', async (id) => {
      const { headers, body } = await app.get('/api/auth/me', { headers: { 'x-request-id': id } });
      expect(headers['x-request-id']).toBe(id);
      expect(body.request_id).toBe(id);
    });

    it.each(['', 'two words', 'f'.repeat(129), '<script>', 'é'])('are replaced otherwise: %p', async (id) => {
      const { headers } = await app.get('/health/live', { headers: { 'x-request-id': id } });
      expect(headers['x-request-id']).toMatch(
        /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
      );
    });

    it.each([
      ['an unknown address', () => app.get('/nowhere')],
      ['an address that cannot be decoded', () => app.get('/%E0%A4%A')],
      [
        'a broken body',
        () => app.call('POST', '/api/auth/register', { headers: JSON_TYPE, body: undefined }),
      ],
      [
        'a foreign content type',
        () => app.post('/api/auth/register', {}, { headers: { 'content-type': 'text/xml' } }),
      ],
      ['a wrong field', () => app.post('/api/auth/register', { username: '' })],
      ['a missing credential', () => app.get('/api/auth/me')],
    ])('stand in the answer to %s', async (_what, ask) => {
      const { status, headers, body } = await ask();
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(headers['x-request-id']).toBe(body.request_id);
      expect(Object.keys(body).sort()).toEqual(['code', 'detail', 'request_id']);
    });
  });
});

const JSON_TYPE = { 'content-type': 'application/json' };
