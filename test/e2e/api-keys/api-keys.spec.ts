import { createHash } from 'node:crypto';
import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import {
  createApiKey,
  KEY_REJECTED,
  givenApiKey,
  API_KEY_PATTERN,
  tryApiKey,
  callWithApiKey,
  KEY_ACCEPTED,
} from '@test/support/auth/api-keys.js';
import { toEncodings, dumpDatabase } from '@test/support/database/database-dump.js';
import { expectStatus, listAllPages, statusAndCode } from '@test/support/http/responses.js';
import {
  type OrganizationFixture,
  givenOrganization,
  givenOwnerWithId,
  UNRESOLVABLE_IDS,
  type UserWithId,
  inParallel,
} from '@test/support/organizations/given-organizations.js';

interface ListedKey {
  id: string;
  organization_id: string;
  created_by: string;
}

describe('API key management', () => {
  let app: TestApp;
  let fixture: OrganizationFixture;
  let organizationId: string;

  beforeAll(async () => {
    app = await TestApp.start();
    fixture = await givenOrganization(app);
    organizationId = fixture.organizationId;
  });
  afterAll(() => app.stop());
  let extraApp: TestApp | undefined;
  afterEach(async () => {
    await extraApp?.stop();
    extraApp = undefined;
  });

  const list = (by: UserWithId, query = ''): Promise<TestResponse> =>
    app.get(`/api/api-keys${query}`, { token: by.accessToken });
  const remove = (by: UserWithId, id: string): Promise<TestResponse> =>
    app.delete(`/api/api-keys/${id}`, { token: by.accessToken });

  it('returns a prefix with 86 characters, and all requested properties', async () => {
    const expires_at = new Date(app.clock.millis() + 3_600_000).toISOString();
    const request = {
      scopes: ['rag:read' as const, 'api:admin' as const],
      allowed_ips: ['10.0.0.0/8', '::1'],
    };
    const response = await createApiKey(app, {
      organizationId,
      by: fixture.owner,
      name: '  Export ',
      expires_at,
      ...request,
    });
    expect(response.status).toBe(201);
    expect(response.body).toEqual({
      id: expect.any(String),
      name: 'Export',
      key: expect.stringMatching(API_KEY_PATTERN),
      key_prefix: response.body.key.slice(0, 12),
      organization_id: organizationId,
      ...request,
      expires_at,
      created_by: fixture.owner.id,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      last_used_at: null,
      suspended: false,
    });
    const { key, ...shown } = response.body;
    const [listed] = (await expectStatus(200, list(fixture.owner))).body;
    expect(listed).toEqual(shown);
    expect(JSON.stringify(listed)).not.toContain(key.slice(12));
  });

  it('creates a different key each time', async () => {
    const responses = await inParallel(10, () => createApiKey(app, { organizationId, by: fixture.owner }));
    expect(new Set(responses.map(({ body }) => body.key)).size).toBe(10);
  });

  it('stores the SHA-256 of the key, and nothing from which the key can be recovered', async () => {
    const own = (extraApp = await TestApp.start());
    const founder = await givenOwnerWithId(own);
    const at = { organizationId: founder.organizationId, by: founder };
    const responses = [
      await createApiKey(own, at),
      await createApiKey(own, at, { 'idempotency-key': 'once' }), // the stored response contains the key, encrypted
    ];
    for (const { body } of responses) expect(await tryApiKey(own, body)).toEqual(KEY_ACCEPTED);
    const rows = await own.sql<{ key_hash: Buffer }>('SELECT key_hash FROM api_keys ORDER BY id');
    const digest = ({ body }: TestResponse): Buffer => createHash('sha256').update(body.key).digest();
    expect(rows.map(({ key_hash }) => key_hash)).toEqual(responses.map(digest));
    const { text } = await dumpDatabase(own);
    for (const { body } of responses) {
      expect(text).toContain(body.key_prefix);
      const secrets = [body.key, body.key.slice(5), body.key.slice(20)];
      expect(secrets.flatMap(toEncodings).filter((secret) => text.includes(secret))).toEqual([]);
    }
  });

  const PAST_TIMESTAMP = new Date(0).toISOString();
  it.each([
    ['name', { name: undefined }],
    ['name', { name: '   ' }],
    ['name', { name: 'x'.repeat(101) }],
    ['scopes', { scopes: undefined }],
    ['scopes', { scopes: [] }],
    ['scopes', { scopes: ['organizations:admin'] }],
    ['scopes', { scopes: ['profile:read'] }],
    ['scopes', { scopes: ['rag:read', 'rag:read'] }],
    ['scopes', { scopes: 'rag:read' }],
    ['organization_id', { organization_id: undefined }],
    ['organization_id', { organization_id: 'acme' }],
    ['organization_id', { organization_id: null }],
    ['expires_at', { expires_at: PAST_TIMESTAMP }],
    ['expires_at', { expires_at: 'tomorrow' }],
    ['expires_at', { expires_at: '2999-02-30T00:00:00Z' }],
    ['allowed_ips', { allowed_ips: null }],
    ['allowed_ips', { allowed_ips: ['10.0.0.1', '10.0.0.1'] }],
    ['key', { key: `xntr-${'A'.repeat(86)}` }],
    ['created_by', { created_by: '0190a0a0-0000-7000-8000-000000000000' }],
    ...[
      '10.0.0.1/33',
      '::/129',
      '10.0.0',
      '010.0.0.1',
      '10.0.0.1/',
      '10.0.0.0/08',
      '10.0.0.0/-1',
      '10.0.0.0/8/8',
    ]
      .concat(['fe80::1%eth0', 'example.com', '', '*', '10.0.0.1 ', '10.0.0.1,10.0.0.2', '1::2::3'])
      .map((range) => ['allowed_ips', { allowed_ips: [range] }] as [string, object]),
  ])('rejects the field %s of %j', async (path, change) => {
    const body = { name: 'x', organization_id: organizationId, scopes: ['rag:read'], ...change };
    const response = await app.post('/api/api-keys', body, { token: fixture.owner.accessToken });
    expect(statusAndCode(response)).toEqual([400, 'validation_failed']);
    expect(response.body.detail.fields.map((field: { path: string }) => field.path)).toEqual([path]);
  });

  it('rejects an expiry at the present instant', async () => {
    const expires_at = new Date(app.clock.millis()).toISOString();
    expect(statusAndCode(await createApiKey(app, { organizationId, by: fixture.owner, expires_at }))[0]).toBe(
      400,
    );
    const never = await createApiKey(app, { organizationId, by: fixture.owner, expires_at: null });
    expect([never.status, never.body.expires_at]).toEqual([201, null]);
  });

  it('is refused to other users and to API keys', async () => {
    expect(statusAndCode(await createApiKey(app, { organizationId, by: fixture.outsider }))).toEqual([
      404,
      'organization_not_found',
    ]);
    const all = await givenApiKey(app, {
      organizationId,
      by: fixture.owner,
      scopes: ['api:admin', 'organizations:write'],
    });
    const body = { name: 'child', organization_id: organizationId, scopes: ['organizations:read'] };
    for (const route of ['POST /api/api-keys', 'GET /api/api-keys', `DELETE /api/api-keys/${all.id}`])
      expect(
        statusAndCode(await callWithApiKey(app, all, route, route.startsWith('P') ? body : undefined)),
      ).toEqual([403, 'bearer_required']);
    expect(await tryApiKey(app, { key: `xntr-${'A'.repeat(86)}` })).toEqual(KEY_REJECTED);
  });

  it.each(['member', 'team_manager'] as const)('lets a %s grant only read scopes', async (role) => {
    const by = fixture[role];
    const read = await givenApiKey(app, { organizationId, by, scopes: ['organizations:read', 'rag:read'] });
    expect(await tryApiKey(app, read)).toEqual(KEY_ACCEPTED);
    for (const scope of ['organizations:write', 'api:admin', 'api:write', 'live:write'] as const) {
      const mixed = await createApiKey(app, { organizationId, by, scopes: ['organizations:read', scope] });
      expect(statusAndCode(mixed)).toEqual([403, 'role_insufficient']);
    }
  });

  it('creates one key for 20 parallel requests with the same Idempotency-Key', async () => {
    const other = (extraApp = await TestApp.start({ siblingOf: app }));
    const before = (await listAllPages(app, '/api/api-keys?limit=100', fixture.admin.accessToken)).rows
      .length;
    const headers = { 'idempotency-key': 'twenty-at-once' };
    const request = { organizationId, by: fixture.admin, name: 'Parallel' };
    const responses = await inParallel(20, (index) =>
      createApiKey(index % 2 ? app : other, request, headers),
    );
    const made = responses.filter(({ status }) => status === 201);
    expect(new Set(made.map(({ body }) => body.key)).size).toBe(1);
    expect(made.filter((response) => response.headers['idempotent-replayed'] === undefined)).toHaveLength(1);
    for (const response of responses.filter(({ status }) => status !== 201))
      expect(statusAndCode(response)).toEqual([409, 'idempotency_in_progress']);
    const again = await createApiKey(app, request, headers);
    expect([again.headers['idempotent-replayed'], again.body]).toEqual(['true', made[0]?.body]);
    expect(statusAndCode(await createApiKey(app, { ...request, name: 'Other' }, headers))).toEqual([
      409,
      'idempotency_key_reused',
    ]);
    const after = await listAllPages(app, '/api/api-keys?limit=100', fixture.admin.accessToken);
    expect(after.rows).toHaveLength(before + 1);
    expect(await tryApiKey(app, again.body)).toEqual(KEY_ACCEPTED);
  });

  it('treats the same Idempotency-Key from two keys of one creator as two requests', async () => {
    const scopes = ['organizations:write' as const];
    const first = await givenApiKey(app, { organizationId, by: fixture.owner, scopes });
    const second = await givenApiKey(app, { organizationId, by: fixture.owner, scopes });
    const headers = { 'idempotency-key': 'make-a-team' };
    const route = `POST /api/organizations/${organizationId}/teams`;
    const made = await expectStatus(201, callWithApiKey(app, first, route, { name: 'Blue' }, headers));
    const replayed = await expectStatus(201, callWithApiKey(app, first, route, { name: 'Blue' }, headers));
    expect([replayed.headers['idempotent-replayed'], replayed.body.id]).toEqual(['true', made.body.id]);
    const acted = await callWithApiKey(app, second, route, { name: 'Blue' }, headers);
    expect([acted.headers['idempotent-replayed'], ...statusAndCode(acted)]).toEqual([
      undefined,
      409,
      'team_name_taken',
    ]);
    const own = await expectStatus(
      201,
      callWithApiKey(app, second, route, { name: 'Red' }, { 'idempotency-key': 'other' }),
    );
    expect(own.body.id).not.toBe(made.body.id);
    const session = { token: fixture.owner.accessToken, headers };
    const asPerson = await app.post(route.slice(5), { name: 'Green' }, session);
    expect([asPerson.status, asPerson.headers['idempotent-replayed']]).toEqual([201, undefined]);
  });

  it('lists and deletes all keys of the organization for admins, and own keys for other members', async () => {
    const { owner, admin, member, team_manager: manager, organizationId: id } = await givenOrganization(app);
    const keys: Record<string, string> = {};
    for (const [name, by] of Object.entries({ owner, admin, member, manager }))
      keys[name] = (await givenApiKey(app, { organizationId: id, by })).id;
    const foreign = await givenApiKey(app, { organizationId, by: fixture.owner });
    const seenBy = async (by: UserWithId): Promise<string[]> =>
      (await listAllPages<ListedKey>(app, `/api/api-keys?organization_id=${id}`, by.accessToken)).rows.map(
        (row) => row.id,
      );
    const all = [keys.manager, keys.member, keys.admin, keys.owner];
    expect(await seenBy(owner)).toEqual(all);
    expect(await seenBy(admin)).toEqual(all);
    expect(await seenBy(member)).toEqual([keys.member]);
    expect(await seenBy(manager)).toEqual([keys.manager]);
    expect(statusAndCode(await list(fixture.owner, `?organization_id=${id}`))).toEqual([
      404,
      'organization_not_found',
    ]);
    for (const hidden of [keys.owner, keys.admin, keys.manager, foreign.id, ...UNRESOLVABLE_IDS])
      for (const act of [
        remove,
        (by: UserWithId, at: string) =>
          app.post(`/api/api-keys/${at}/resume`, undefined, { token: by.accessToken }),
      ])
        expect(statusAndCode(await act(member, hidden as string))).toEqual([404, 'api_key_not_found']);
    expect(statusAndCode(await remove(owner, foreign.id))).toEqual([404, 'api_key_not_found']);
    await expectStatus(204, remove(member, keys.member as string));
    await expectStatus(204, remove(admin, keys.owner as string));
    expect(statusAndCode(await remove(admin, keys.owner as string))).toEqual([404, 'api_key_not_found']);
    expect(await seenBy(owner)).toEqual([keys.manager, keys.admin]);
  });

  it('lists each key once, newest first, on any page size', async () => {
    const { admin, member, organizationId: id } = await givenOrganization(app);
    const made: string[] = [];
    for (let index = 0; index < 7; index += 1)
      made.unshift((await givenApiKey(app, { organizationId: id, by: index % 2 ? admin : member })).id);
    const url = `/api/api-keys?limit=3&organization_id=${id}`;
    const { rows, pages } = await listAllPages<ListedKey>(app, url, admin.accessToken);
    expect([rows.map((row) => row.id), pages]).toEqual([made, 3]);
    const own = await listAllPages<ListedKey>(app, url, member.accessToken);
    expect([own.rows.length, own.pages]).toEqual([4, 2]);
    for (const query of ['?limit=0', '?limit=101', '?cursor=nonsense', '?offset=3', '?organization_id=acme'])
      expect(statusAndCode(await list(admin, query))).toEqual([400, 'validation_failed']);
  });
});
