import { MAX_ERROR_BODY_BYTES } from '@/platform/errors/error-body.js';
import { type TestResponse, TestApp } from '../support/app/test-app.js';
import { givenOwner, givenUser, PASSWORD } from '../support/auth/given-users.js';
import { FORM_TYPE, JSON_TYPE, type RawResponse, sendRaw } from '../support/http/invalid-input.js';
import { expectStatus } from '../support/http/responses.js';

const MAX_FIELD_ERRORS = 20;
const MAX_STORED_BYTES = 64 * 1024;

describe('error bodies', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  const register = (payload: string, type = JSON_TYPE): Promise<RawResponse> =>
    sendRaw(app, 'POST', '/api/auth/register', { payload, type });
  const longName = (length: number, character = 'x'): string => JSON.stringify(character.repeat(length));

  it.each([
    ['a name of 900,000 characters', `{${longName(900_000)}:[${'{"toString":1},'.repeat(119)}1]}`],
    ['a name of 257 characters', `{${longName(257)}:1}`],
    ['a long name in a list', `{"email":[{${longName(300)}:1}]}`],
    ['a long name with escapes', `{"${'\\u0041'.repeat(43)}":1}`],
    ['a name before a space', `{${longName(257)} :1}`],
  ])('refuse %s without reading it', async (_what, payload) => {
    const { statusCode, payload: body } = await register(payload);
    expect([statusCode, JSON.parse(body)]).toEqual([
      400,
      expect.objectContaining({ code: 'malformed_body' }),
    ]);
    expect(body.length).toBeLessThan(300);
  });

  it.each([
    ['x', '"'],
    ['\u0001', '\\u0001'],
    ['😀', '😀'],
  ])('have at most 16 kB and 20 fields for names of %j', async (character) => {
    const name = (index: number): string => JSON.stringify(`${index}${character}`.repeat(256).slice(0, 250));
    const names = Array.from({ length: 900 }, (_, index) => name(index).slice(0, 250));
    const payload = `{${names.map((each) => `${each.replace(/"?$/, '"')}:1`).join()}}`;
    const { statusCode, payload: body } = await register(payload);
    expect(statusCode).toBe(400);
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(MAX_ERROR_BODY_BYTES);
    const { detail } = JSON.parse(body) as { detail: { fields?: unknown[] } };
    expect(detail.fields?.length ?? 0).toBeLessThanOrEqual(MAX_FIELD_ERRORS);
  });

  it('repeat the beginning of a long path only', async () => {
    const { payload } = await register(`{"${'x'.repeat(256)}":1}`);
    const { detail } = JSON.parse(payload) as { detail: { fields: { path: string }[] } };
    expect(detail.fields.map(({ path }) => path)).toContain(`${'x'.repeat(120)}…`);
  });

  it('have at most 16 kB for a query', async () => {
    const { accessToken: token } = await givenUser(app);
    const query = Array.from({ length: 300 }, (_, index) => `${index}${'y'.repeat(40)}=1`).join('&');
    const { text, body } = await expectStatus(400, app.get(`/api/auth/sessions?${query}`, { token }));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_ERROR_BODY_BYTES);
    expect(body.detail.fields).toHaveLength(MAX_FIELD_ERRORS);
  });

  describe('of a form', () => {
    const send = (payload: string): Promise<RawResponse> =>
      sendRaw(app, 'POST', '/api/auth/token', { payload, type: FORM_TYPE });

    it.each([
      ['1 MB of a', 'a&'.repeat(500_000), 413, 'payload_too_large'],
      ['16 kB and a byte', `username=${'x'.repeat(16 * 1024 - 8)}`, 413, 'payload_too_large'],
      ['51 fields', 'a=1&'.repeat(50), 400, 'malformed_body'],
      ['a name of 257 characters', `${'x'.repeat(257)}=1`, 400, 'malformed_body'],
      ['50 fields', 'a=1&'.repeat(49), 400, 'validation_failed'],
    ])('refuse %s', async (_what, payload, status, code) => {
      const { statusCode, payload: body } = await send(payload);
      expect([statusCode, (JSON.parse(body) as { code: string }).code]).toEqual([status, code]);
    });
  });

  describe('under an Idempotency-Key', () => {
    const storedRows = (key: string): Promise<{ bytes: number }[]> =>
      app.sql('SELECT octet_length(answer) AS bytes FROM idempotency_keys WHERE key = $1', [key]);

    it('are not stored for anonymous callers whose request is not valid', async () => {
      const headers = { 'idempotency-key': 'anonymous' };
      for (const url of ['/api/auth/register', '/api/v1/auth/register']) {
        const first = await expectStatus(400, app.post(url, { username: '' }, { headers }));
        expect(first.body.code).toBe('validation_failed');
        const again = await expectStatus(400, app.post(url, { username: '' }, { headers }));
        expect(again.headers['idempotent-replayed']).toBeUndefined();
      }
      expect(await storedRows('anonymous')).toEqual([]);
    });

    it('are replayed to signed-in users', async () => {
      const { accessToken: token } = await givenUser(app);
      const call = { token, headers: { 'idempotency-key': 'signed-in' } };
      const first = await expectStatus(400, app.post('/api/core/notes', {}, call));
      const again = await expectStatus(400, app.post('/api/core/notes', {}, call));
      expect(again.headers['idempotent-replayed']).toBe('true');
      expect(again.body.detail).toEqual(first.body.detail);
    });

    it('replace a response that is too large to be kept, and the request acts once', async () => {
      const { accessToken: token } = await givenUser(app);
      const create = (characters: number): Promise<TestResponse> =>
        app.post(
          '/api/core/notes',
          { content: 'x'.repeat(characters) },
          { token, headers: { 'idempotency-key': `note-${characters}` } },
        );
      await expectStatus(201, create(100_000));
      const repeated = await expectStatus(409, create(100_000));
      expect(repeated.body.code).toBe('idempotency_answer_not_kept');
      const [row] = await storedRows('note-100000');
      expect(row?.bytes).toBeLessThan(MAX_STORED_BYTES);
      await expectStatus(201, create(60_000));
      expect((await expectStatus(201, create(60_000))).headers['idempotent-replayed']).toBe('true');
      expect((await app.get('/api/core/notes', { token })).body).toHaveLength(2);
    });
  });

  describe('of the XC API', () => {
    it.each<[string, () => Promise<TestResponse>, unknown[]]>([
      [
        'a missing field',
        () => app.post('/api/v1/auth/login', { password: PASSWORD }),
        [{ loc: ['body', 'email'], msg: 'is required', type: 'required' }],
      ],
      [
        'an unknown field',
        () => app.post('/api/v1/auth/forgot-password', { email: 'a@example.com', other: 1 }),
        [{ loc: ['body', 'other'], msg: 'is not a known field', type: 'unknown_field' }],
      ],
      [
        'a body that is no object',
        () => app.post('/api/v1/auth/login', []),
        [{ loc: ['body'], msg: 'must be a JSON object', type: 'object' }],
      ],
      [
        'a missing parameter',
        () => app.get('/api/v1/invitations/validate'),
        [{ loc: ['query', 'token'], msg: 'is required', type: 'required' }],
      ],
      [
        'an unknown parameter',
        () => app.get('/api/v1/invitations/validate?token=x&other=1'),
        [{ loc: ['query', 'other'], msg: 'is not a known field', type: 'unknown_field' }],
      ],
    ])('list %s', async (_what, request, detail) => {
      const { body, headers } = await expectStatus(400, request());
      expect(body).toEqual({ detail, code: 'validation_failed', request_id: headers['x-request-id'] });
    });

    it('name nested fields, also in a replay', async () => {
      const { accessToken: token } = await givenOwner(app);
      const body = { email_preferences: { usage_billing: 'yes' } };
      const { detail } = (await expectStatus(400, app.patch('/api/v1/users/me', body, { token }))).body;
      expect(detail).toEqual([
        {
          loc: ['body', 'email_preferences', 'usage_billing'],
          msg: 'must be true or false',
          type: 'boolean',
        },
      ]);
      const invite = (): Promise<TestResponse> =>
        app.post('/api/v1/invitations', {}, { token, headers: { 'idempotency-key': 'invite' } });
      const first = await expectStatus(400, invite());
      const again = await expectStatus(400, invite());
      expect(again.headers['idempotent-replayed']).toBe('true');
      expect(again.body.detail).toEqual(first.body.detail);
      expect(again.body.detail[0].loc[0]).toBe('body');
    });

    it('keep their documented form for other errors', async () => {
      const { body } = await expectStatus(401, app.get('/api/v1/users/me'));
      expect(body.detail).toBe('Invalid or expired token');
      const own = await expectStatus(400, app.post('/api/auth/register', {}));
      expect(own.body.detail).toMatchObject({ error: 'validation_failed', fields: expect.any(Array) });
    });
  });
});
