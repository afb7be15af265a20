import { waitUntil } from '../support/app/server-process.js';
import { TestApp, type TestResponse } from '../support/app/test-app.js';
import { PASSWORD } from '../support/auth/given-users.js';
import {
  buildPath,
  givenAuthorizedCaller,
  requiredFields,
  requiredQuery,
} from '../support/http/invalid-input-callers.js';
import {
  buildOpenApiDocument,
  type DocumentedRoute,
  getRequestBody,
  listOperations,
  type RequestBodySchema,
} from '../support/http/openapi-document.js';
import { expectStatus } from '../support/http/responses.js';

const MAX_ERROR_BYTES = 16 * 1024;
const MAX_ANSWER_BYTES = 64 * 1024;
const MAX_HEADER_BYTES = 4 * 1024;
/** Of a row as text, with binary columns as hexadecimal digits, after hostile requests. */
const MAX_ROW_BYTES = 16 * 1024;
/** A row may be this much larger than a valid request. */
const MAX_ROW_FACTOR = 3;
const MAX_MAILS = 2;
const MAX_MAIL_BYTES = 16 * 1024;
const MAX_CPU_MS = 1_500;

/** The time of these depends on prime numbers, which a thread outside the event loop searches. */
const CREATES_KEYS = /^POST \/api\/integration\/(keys\/rotate|grant)/;

const CALLERS = ['anonymous', 'user', 'operator'] as const;
type Caller = (typeof CALLERS)[number];

interface Measurement {
  label: string;
  requestBytes: number;
  status: number;
  answerBytes: number;
  headerBytes: number;
  cpuMs: number;
}

const repeat = (text: string, count: number): string => Array.from({ length: count }, () => text).join();
const names = (count: number): string =>
  Array.from({ length: count }, (_, index) => `"${index}${'n'.repeat(240)}":1`).join();

/** Values of up to 1 MiB that are cheap to send. */
const HOSTILE_VALUES = [
  `"${'x'.repeat(900_000)}"`,
  `[${repeat('{"toString":1}', 24_000)}]`,
  `{${names(900)}}`,
  `[${repeat(`[${repeat('{"role":"user","content":"x"}', 40)}]`, 400)}]`,
  `"${'\\u0001'.repeat(100_000)}"`,
];

describe('answers, rows and mails', () => {
  let app: TestApp;
  let routes: DocumentedRoute[];
  let bodies: Map<DocumentedRoute, RequestBodySchema | undefined>;
  let tables: string[];
  let operators = 0;

  beforeAll(async () => {
    const addresses = Array.from({ length: 400 }, (_, index) => `operator-${index}@example.com`);
    app = await TestApp.start({ env: { ADMIN_EMAILS: addresses.join() } });
    const document = buildOpenApiDocument(app);
    routes = listOperations(document);
    bodies = new Map(routes.map((route) => [route, getRequestBody(route, document)]));
    const rows = await app.sql<{ name: string }>(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`,
    );
    // Pieces of uploaded files have at most 256 KiB each.
    tables = rows.map(({ name }) => name).filter((name) => name !== 'knowledge_document_parts');
  });
  afterAll(() => app.stop());

  /** Returns the bytes of the largest row of all tables as text. */
  async function largestRow(): Promise<number> {
    const largest = tables.map((name) => `SELECT max(octet_length(t::text)) AS bytes FROM ${name} t`);
    const [row] = await app.sql<{ bytes: number }>(
      `SELECT max(bytes)::int AS bytes FROM (${largest.join(' UNION ALL ')}) rows`,
    );
    return row?.bytes ?? 0;
  }

  /** The fields of the operation with hostile values, one request for each value, and undeclared names. */
  function hostileBodies(body: RequestBodySchema, base: Record<string, string>): string[] {
    if (body.type === 'form') return ['a&'.repeat(500_000), `username=${'x'.repeat(16_000)}`];
    const fields = Object.keys(body.fields).filter((name) => !(name in base));
    const given = Object.entries(base).map(([name, value]) => `"${name}":"${value}"`);
    const withValue = (value: string, index: number): string => {
      const field = fields[index % Math.max(fields.length, 1)] ?? 'unknown';
      return `{${[...given, `"${field}":${value}`].join()}}`;
    };
    return [...HOSTILE_VALUES.map(withValue), `{${names(900)}}`, `{"${'x'.repeat(900_000)}":1}`];
  }

  async function measure(
    route: DocumentedRoute,
    { path, token, payload = '' }: { path: string; token?: string; payload?: string },
  ): Promise<Measurement> {
    const cpu = process.cpuUsage();
    const form = bodies.get(route)?.type === 'form';
    const response = await app.nest.inject({
      method: route.method as 'GET',
      url: path,
      payload: payload || undefined,
      headers: {
        ...(payload
          ? { 'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json' }
          : {}),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        'idempotency-key': 'proportion',
        'x-request-id': 'r'.repeat(128),
        'user-agent': 'u'.repeat(4000),
      },
    });
    const cpuMs = process.cpuUsage(cpu).user / 1000;
    return {
      label: `${route.name} ${payload.slice(0, 40)}`,
      requestBytes: payload.length + path.length,
      status: response.statusCode,
      answerBytes: Buffer.byteLength(response.payload),
      headerBytes: JSON.stringify(response.headers).length,
      cpuMs,
    };
  }

  async function measureAs(caller: Caller, route: DocumentedRoute): Promise<Measurement[]> {
    const owner = await givenAuthorizedCaller(app);
    const token = caller === 'anonymous' ? undefined : owner.token;
    if (caller === 'operator')
      await app.sql('UPDATE users SET email = $2, email_verified_at = now() WHERE id = $1', [
        owner.ids.user_id,
        `operator-${(operators += 1)}@example.com`,
      ]);
    const path = buildPath(route, owner);
    const body = bodies.get(route);
    const payloads = body ? hostileBodies(body, requiredFields(route, owner)) : [`{${names(900)}}`];
    const query = new URLSearchParams(requiredQuery(route, owner)).toString();
    const longQuery = Array.from(
      { length: 60 },
      (_, index) => `${index}${'%01'.repeat(60)}=%F0%9F%98%80`,
    ).join('&');
    const measurements: Measurement[] = [];
    if (route.method !== 'GET')
      for (const payload of payloads) measurements.push(await measure(route, { path, token, payload }));
    for (const search of [query, longQuery])
      measurements.push(await measure(route, { path: search ? `${path}?${search}` : path, token }));
    return measurements;
  }

  function findDisproportions({ label, ...found }: Measurement): string[] {
    const { status, requestBytes, answerBytes, headerBytes, cpuMs } = found;
    const maxAnswer = status >= 400 ? MAX_ERROR_BYTES : MAX_ANSWER_BYTES + 2 * requestBytes;
    return [
      answerBytes <= maxAnswer || `${answerBytes} bytes of an answer`,
      headerBytes <= MAX_HEADER_BYTES || `${headerBytes} bytes of headers`,
      cpuMs <= MAX_CPU_MS || CREATES_KEYS.test(label) || `${cpuMs} ms`,
      status < 500 || status === 503 || `status ${status}`,
    ].flatMap((fault) => (fault === true ? [] : [`${label} (${status}): ${fault}`]));
  }

  it.each(CALLERS)(
    'are in proportion to every request of %s',
    async (caller) => {
      const measurements: Measurement[] = [];
      for (const route of routes) measurements.push(...(await measureAs(caller, route)));
      const rowBytes = await largestRow();
      const figures = (['answerBytes', 'headerBytes', 'cpuMs'] as const).map((key) => {
        const worst = measurements.reduce((most, each) => (each[key] > most[key] ? each : most));
        return `${key} ${Math.round(worst[key])} (${worst.label}, ${worst.status})`;
      });
      const report = [...figures, `rowBytes ${rowBytes}`].join('; ');
      process.stdout.write(`${caller}, ${measurements.length} requests: ${report}\n`);
      expect(measurements.flatMap(findDisproportions)).toEqual([]);
      expect(rowBytes).toBeLessThanOrEqual(MAX_ROW_BYTES);
    },
    600_000,
  );

  it('are in proportion to the largest note, whose words are all different', async () => {
    const { token } = await givenAuthorizedCaller(app);
    const words = Array.from({ length: 12_000 }, (_, index) => `w${index.toString(36)}x`).join(' ');
    const before = await totalBytes();
    await expectStatus(201, app.post('/api/core/notes', { content: words }, { token }));
    expect(await largestRow()).toBeLessThan(MAX_ROW_BYTES + MAX_ROW_FACTOR * words.length);
    expect((await totalBytes()) - before).toBeLessThan(10 * words.length);
  });

  it.each<[string, (token: string) => Promise<TestResponse>]>([
    [
      'a registration',
      () =>
        app.post('/api/auth/register', {
          username: 'mail-1',
          email: 'mail-1@example.com',
          password: PASSWORD,
        }),
    ],
    ['an invitation', (token) => app.post('/api/v1/invitations', { email: 'mail-2@example.com' }, { token })],
    [
      'a provisioned account',
      (token) => app.post('/api/v1/users', { email: 'mail-3@example.com' }, { token }),
    ],
    ['a forgotten password', () => app.post('/api/v1/auth/forgot-password', { email: 'mail-1@example.com' })],
    [
      'a change of address',
      (token) => app.post('/api/auth/email', { email: 'mail-4@example.com', password: PASSWORD }, { token }),
    ],
  ])('are at most two mails of 16 kB for %s', async (_what, request) => {
    const { token } = await givenAuthorizedCaller(app);
    await settle();
    const [{ last = null } = {}] = await app.sql<{ last: string }>(
      'SELECT max(id::text) AS last FROM mail_outbox',
    );
    const { status } = await request(token);
    expect(status).toBeLessThan(300);
    await settle();
    const mails = await app.sql<{ bytes: number }>(
      `SELECT octet_length(sealed) AS bytes FROM mail_outbox WHERE id::text > coalesce($1, '')`,
      [last],
    );
    expect(mails.length).toBeGreaterThan(0);
    expect(mails.length).toBeLessThanOrEqual(MAX_MAILS);
    for (const { bytes } of mails) expect(bytes).toBeLessThan(MAX_MAIL_BYTES);
  });

  async function totalBytes(): Promise<number> {
    const sizes = tables.map(
      (name) => `SELECT coalesce(sum(octet_length(t::text)), 0) AS bytes FROM ${name} t`,
    );
    const [row] = await app.sql<{ bytes: number }>(
      `SELECT sum(bytes)::int AS bytes FROM (${sizes.join(' UNION ALL ')}) s`,
    );
    return row?.bytes ?? 0;
  }

  /** Waits for the jobs, which send mails. */
  async function settle(): Promise<void> {
    await waitUntil(async () => {
      const [row] = await app.sql<{ count: number }>('SELECT count(*)::int FROM graphile_worker.jobs');
      return row?.count === 0;
    }, 10_000);
  }
});
