import fc from 'fast-check';
import { TestApp } from '../support/app/test-app.js';
import { givenOwner } from '../support/auth/given-users.js';
import {
  requiredFields,
  givenAuthorizedCaller,
  type AuthorizedCaller,
  buildPath,
} from '../support/http/invalid-input-callers.js';
import {
  invalidBodies,
  invalidFields,
  invalidForms,
  bodiesWithManyValues,
  findErrorResponseFaults,
  FORM_TYPE,
  type InvalidRequest,
  JSON_TYPE,
  MIB,
  mentionsField,
  type RawResponse,
  sendRaw,
} from '../support/http/invalid-input.js';
import {
  type RequestBodySchema,
  getRequestBody,
  type OpenApiDocument,
  buildOpenApiDocument,
  listOperations,
  type DocumentedRoute,
} from '../support/http/openapi-document.js';
import { expectStatus } from '../support/http/responses.js';

const RANDOM_SEED = 20260416;
/** FUZZ_RUNS=1000 searches for longer. */
const RANDOM_RUNS = Number(process.env.FUZZ_RUNS ?? 40);

/** 4 MiB of text are a larger body. */
const TAKES_MORE = 'POST /api/live/transcripts';

describe('bad input', () => {
  let app: TestApp;
  let document: OpenApiDocument;
  let routes: { route: DocumentedRoute; body: RequestBodySchema }[];

  beforeAll(async () => {
    app = await TestApp.start();
    document = buildOpenApiDocument(app);
    routes = listOperations(document).flatMap((route) => {
      const body = getRequestBody(route, document);
      return body ? [{ route, body }] : [];
    });
  });
  afterEach(async () => {
    await expectStatus(200, app.get('/health/live'));
    expect((await app.get('/health/ready')).body.checks).toMatchObject({ database: true });
  });
  afterAll(() => app.stop());
  async function expectInvalid(
    route: DocumentedRoute,
    one: InvalidRequest,
    { path, token }: { path: string; token?: string },
  ): Promise<string[]> {
    const type = one.type ?? JSON_TYPE;
    const response = await sendRaw(app, route.method, path, { payload: one.payload, type, token });
    const faults = findErrorResponseFaults(response);
    if (faults.length === 0 && one.status && response.statusCode !== one.status)
      faults.push(`status ${response.statusCode} instead of ${one.status}`);
    if (faults.length === 0 && one.names !== undefined && !mentionsField(response, one.names))
      faults.push(`does not name ${one.names}: ${response.payload.slice(0, 200)}`);
    return faults.map((fault) => `${route.name}, ${one.label}: ${fault}`);
  }

  /** Each operation with a caller of its own, since some operations end sessions. */
  async function expectAllInvalid(
    type: RequestBodySchema['type'],
    buildCases: (body: RequestBodySchema, base: Record<string, string>) => InvalidRequest[],
  ): Promise<string[]> {
    const faults: string[] = [];
    for (const { route, body } of routes.filter((each) => each.body.type === type)) {
      const caller = await givenAuthorizedCaller(app);
      const target = { path: buildPath(route, caller), token: getToken(route, caller) };
      for (const one of buildCases(body, requiredFields(route, caller)))
        if (one.status !== 413 || route.name !== TAKES_MORE)
          faults.push(...(await expectInvalid(route, one, target)));
    }
    return faults;
  }
  it('in any field of any JSON operation is refused, and the field is named', async () => {
    expect(routes.length).toBeGreaterThan(15);
    expect(await expectAllInvalid('json', invalidFields)).toEqual([]);
  });
  it('in place of a JSON body is refused', async () => {
    expect(await expectAllInvalid('json', invalidBodies)).toEqual([]);
  });

  it('that is a form with a file, or larger than 1 MiB, is refused where neither is taken', async () => {
    const form = { payload: '{"a":1}', type: 'multipart/form-data; boundary=x' };
    const large = { payload: `"${'x'.repeat(MIB - 1)}"`, type: JSON_TYPE };
    for (const path of ['/api/auth/register', '/api/api-keys', '/api/core/notes']) {
      expect((await sendRaw(app, 'POST', path, form)).statusCode).toBe(415);
      expect((await sendRaw(app, 'POST', path, large)).statusCode).toBe(413);
    }
  });

  it('that is all names and no sense is refused before it costs anything', async () => {
    const register = routes.find(({ route }) => route.name === 'POST /api/auth/register')?.route;
    if (!register) throw new Error('There is no such operation any more.');
    const faults: string[] = [];
    for (const one of bodiesWithManyValues()) faults.push(...(await expectInvalid(register, one, register)));
    expect(faults).toEqual([]);
  });

  it('in any form is refused, and the field is named', async () => {
    const cases = (body: RequestBodySchema): InvalidRequest[] =>
      invalidForms(body).map((one) => ({ type: FORM_TYPE, ...one }));
    expect(routes.filter(({ body }) => body.type === 'form').length).toBeGreaterThan(0);
    expect(await expectAllInvalid('form', cases)).toEqual([]);
  });

  it('inside free-form and nested objects is refused', async () => {
    const { body } = await expectStatus(
      201,
      app.post('/api/v1/auth/register', {
        email: 'nested@example.com',
        password: 'otters juggle nine lanterns',
        company_name: 'Nested',
      }),
    );
    const token = body.access_token as string;
    const inside = [
      '{"constructor":1}',
      '{"a":[{"constructor":{"name":"Map"}}]}',
      '{"hasOwnProperty":1}',
    ].concat(['{"a":"\\u0000"}', '{"\\ud800":1}', `{"a":"${'x'.repeat(20_000)}"}`]);
    for (const json of inside) {
      const settings = await sendRaw(app, 'PATCH', '/api/v1/organization', {
        payload: `{"settings":${json}}`,
        type: JSON_TYPE,
        token,
      });
      expect([json, settings.statusCode, findErrorResponseFaults(settings)]).toEqual([json, 400, []]);
    }
    for (const json of [
      '{"usage_billing":"yes"}',
      '{"other":true}',
      '{"constructor":1}',
      '[[[]]]',
      '["a"]',
    ]) {
      const payload = `{"email_preferences":${json}}`;
      const me = await sendRaw(app, 'PATCH', '/api/v1/users/me', { payload, type: JSON_TYPE, token });
      expect([json, me.statusCode, findErrorResponseFaults(me)]).toEqual([json, 400, []]);
      expect(me.payload).toMatch(/"loc":\["body","email_preferences"[\],]/);
    }
    for (const json of ['{"constructor":{"name":"Map"}}', '{"then":1}', '[[]]', '"\\u0000"']) {
      const payload = `{"id":${json}}`;
      const me = await sendRaw(app, 'PATCH', '/api/v1/users/me', { payload, type: JSON_TYPE, token });
      expect([json, me.statusCode, findErrorResponseFaults(me)]).toEqual([json, 400, []]);
    }
  });

  it('made up at random never gets more than a refusal, on any operation', async () => {
    for (const { route, body } of routes) {
      const caller = await givenAuthorizedCaller(app);
      const [path, token, base] = [
        buildPath(route, caller),
        getToken(route, caller),
        requiredFields(route, caller),
      ];
      const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.string({ unit: 'binary', maxLength: 200 }));
      const known = fc.record(Object.fromEntries(Object.keys(body.fields).map((name) => [name, value])), {
        requiredKeys: [],
      });
      const any = fc.oneof(
        { weight: 3, arbitrary: known as fc.Arbitrary<unknown> },
        { weight: 1, arbitrary: value },
      );
      const property = fc.asyncProperty(any, async (made) => {
        const payload =
          body.type === 'form' ? encodeForm(made) : JSON.stringify(withRequiredFields(base, made));
        const type = body.type === 'form' ? FORM_TYPE : JSON_TYPE;
        const response = await sendRaw(app, route.method, path, { payload, type, token });
        if (response.statusCode >= 300) expect(findErrorResponseFaults(response)).toEqual([]);
      });
      await fc.assert(property, { seed: RANDOM_SEED, numRuns: RANDOM_RUNS });
    }
  });

  describe('around the body', () => {
    let token: string;

    beforeAll(async () => {
      token = (await givenOwner(app)).accessToken;
    });

    async function expectErrorResponse(
      status: number,
      response: Promise<RawResponse>,
      label: string,
    ): Promise<void> {
      const got = await response;
      expect([label, got.statusCode, findErrorResponseFaults(got)]).toEqual([label, status, []]);
    }

    it.each([
      'x',
      '%00',
      '%zz',
      '%ff',
      '..%2f..',
      '0197e0c2',
      "'--",
      '0'.repeat(36),
      'a'.repeat(5000),
      '%F0%9F%98%80',
    ])('the path id %.40s is as unknown as any', (id) =>
      expectErrorResponse(404, sendRaw(app, 'DELETE', `/api/auth/sessions/${id}`, { token }), id),
    );

    it.each([
      ...['0', '101', '-1', '1.5', '1e1', 'NaN', '%zz', '%00', '9'.repeat(400), ' ', '', '0x10'].map(
        (limit) => `limit=${limit}`,
      ),
      ...['x', '%00', '%ed%a0%80', "';--", 'AAAA', 'A'.repeat(5000), ''].map((cursor) => `cursor=${cursor}`),
      ...['limit=1&limit=2', 'limit[]=1', 'limit[a]=1', 'cursor=a&cursor=b', 'other=1', 'toString=1'],
      ...['constructor=1', '__proto__=1', 'hasOwnProperty=1', '=', '%zz=1'],
    ])('the query %.40s is refused', (query) =>
      expectErrorResponse(400, sendRaw(app, 'GET', `/api/auth/sessions?${query}`, { token }), query),
    );

    it.each([
      '/%zz',
      '/api/%',
      '/nowhere',
      '/api/auth/me/nowhere',
      `/${'a'.repeat(100_000)}`,
      '/api/auth/%00',
      '/..%2f..%2fetc',
    ])('the address %.40s is unknown', (url) =>
      expectErrorResponse(404, sendRaw(app, 'GET', url, { token }), url.slice(0, 40)),
    );

    it.each(['PUT', 'DELETE', 'PATCH', 'GET', 'TRACE', 'PROPFIND', 'OPTIONS'])(
      'the method %s is not taken where there is only POST',
      async (method) => {
        const response = await sendRaw(app, method, '/api/v1/auth/login', {});
        expect([404, 405]).toContain(response.statusCode);
        expect(findErrorResponseFaults(response)).toEqual([]);
      },
    );

    it.each(['', ' ', 'a b', 'é', 'x'.repeat(129), '<script>', 'a\tb'])(
      'the request id %j is replaced',
      async (id) => {
        const response = await app.nest.inject({ url: '/nowhere', headers: { 'x-request-id': id } });
        expect(findErrorResponseFaults(response)).toEqual([]);
        expect(response.headers['x-request-id']).not.toBe(id);
      },
    );

    it('a well-formed request id is kept, also where no route is reached', async () => {
      for (const url of ['/nowhere', '/%zz', `/api/auth/sessions/${'a'.repeat(5000)}`]) {
        const response = await app.nest.inject({
          method: 'DELETE',
          url,
          headers: { 'x-request-id': 'mine:1' },
        });
        expect([url, response.headers['x-request-id'], findErrorResponseFaults(response)]).toEqual([
          url,
          'mine:1',
          [],
        ]);
      }
    });

    it('an idempotency key that is not one is refused', async () => {
      for (const key of ['', ' ', 'a b', 'é', 'x'.repeat(256)]) {
        const response = await app.post('/api/auth/register', {}, { headers: { 'idempotency-key': key } });
        expect([key, response.status]).toEqual([key, 400]);
      }
    });
  });
});

function getToken({ operation }: DocumentedRoute, { token }: AuthorizedCaller): string | undefined {
  return operation.security ? token : undefined;
}

/** What was made up, beside the fields without which nothing of it would be looked at. */
function withRequiredFields(base: Record<string, string>, made: unknown): unknown {
  return typeof made === 'object' && made !== null && !Array.isArray(made) ? { ...base, ...made } : made;
}

function encodeForm(made: unknown): string {
  const fields = typeof made === 'object' && made !== null ? Object.entries(made) : [['', made] as const];
  const form = new URLSearchParams();
  for (const [name, value] of fields) form.append(name, String(value).toWellFormed());
  return form.toString();
}
