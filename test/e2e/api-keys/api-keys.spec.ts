import { createHash } from 'node:crypto';
import { createKey, DEAD, givenKey, KEY, tryKey, withKey, WORKS } from '@test/support/auth/api-keys.js';
import { TestApp, type Answer } from '@test/support/app/test-app.js';
import { disguisesOf, dump } from '@test/support/database/database-dump.js';
import { expectStatus } from '@test/support/auth/given-users.js';
import {
  type Cast,
  givenCast,
  givenFounder,
  NO_IDS,
  type Person,
  refusal,
  together,
  walk,
} from '@test/support/organizations/given-organizations.js';

interface ListedKey {
  id: string;
  organization_id: string;
  created_by: string;
}

describe('making an API key', () => {
  let app: TestApp;
  let cast: Cast;
  let organizationId: string;

  beforeAll(async () => {
    app = await TestApp.start();
    cast = await givenCast(app);
    organizationId = cast.organizationId;
  });
  afterAll(() => app.stop());
  let extra: TestApp | undefined;
  afterEach(async () => {
    await extra?.stop();
    extra = undefined;
  });

  const list = (by: Person, query = ''): Promise<Answer> =>
    app.get(`/api/api-keys${query}`, { token: by.accessToken });
  const remove = (by: Person, id: string): Promise<Answer> =>
    app.delete(`/api/api-keys/${id}`, { token: by.accessToken });

  it('shows 86 characters behind a prefix, with everything that was asked for', async () => {
    const expires_at = new Date(app.clock.millis() + 3_600_000).toISOString();
    const request = {
      scopes: ['rag:read' as const, 'api:admin' as const],
      allowed_ips: ['10.0.0.0/8', '::1'],
    };
    const answer = await createKey(app, {
      organizationId,
      by: cast.owner,
      name: '  Export ',
      expires_at,
      ...request,
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      id: expect.any(String),
      name: 'Export',
      key: expect.stringMatching(KEY),
      key_prefix: answer.body.key.slice(0, 12),
      organization_id: organizationId,
      ...request,
      expires_at,
      created_by: cast.owner.id,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      last_used_at: null,
      suspended: false,
    });
    const { key, ...shown } = answer.body;
    const [listed] = (await expectStatus(200, list(cast.owner))).body;
    expect(listed).toEqual(shown);
    expect(JSON.stringify(listed)).not.toContain(key.slice(12));
  });

  it('makes another one each time', async () => {
    const answers = await together(10, () => createKey(app, { organizationId, by: cast.owner }));
    expect(new Set(answers.map(({ body }) => body.key)).size).toBe(10);
  });

  it('stores the SHA-256 of the key, and nothing the key could be read from', async () => {
    const own = (extra = await TestApp.start());
    const founder = await givenFounder(own);
    const at = { organizationId: founder.organizationId, by: founder };
    const answers = [
      await createKey(own, at),
      await createKey(own, at, { 'idempotency-key': 'once' }), // the stored answer holds the key, sealed
    ];
    for (const { body } of answers) expect(await tryKey(own, body)).toEqual(WORKS);
    const rows = await own.sql<{ key_hash: Buffer }>('SELECT key_hash FROM api_keys ORDER BY id');
    const digest = ({ body }: Answer): Buffer => createHash('sha256').update(body.key).digest();
    expect(rows.map(({ key_hash }) => key_hash)).toEqual(answers.map(digest));
    const { text } = await dump(own);
    for (const { body } of answers) {
      expect(text).toContain(body.key_prefix);
      const secrets = [body.key, body.key.slice(5), body.key.slice(20)];
      expect(secrets.flatMap(disguisesOf).filter((secret) => text.includes(secret))).toEqual([]);
    }
  });

  const PAST = new Date(0).toISOString();
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
    ['expires_at', { expires_at: PAST }],
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
  ])('asks for a better %s than %j', async (path, change) => {
    const body = { name: 'x', organization_id: organizationId, scopes: ['rag:read'], ...change };
    const answer = await app.post('/api/api-keys', body, { token: cast.owner.accessToken });
    expect(refusal(answer)).toEqual([400, 'validation_failed']);
    expect(answer.body.detail.fields.map((field: { path: string }) => field.path)).toEqual([path]);
  });

  it('does not take the present moment for the future', async () => {
    const expires_at = new Date(app.clock.millis()).toISOString();
    expect(refusal(await createKey(app, { organizationId, by: cast.owner, expires_at }))[0]).toBe(400);
    const never = await createKey(app, { organizationId, by: cast.owner, expires_at: null });
    expect([never.status, never.body.expires_at]).toEqual([201, null]);
  });

  it('is for members only, and no key makes a key', async () => {
    expect(refusal(await createKey(app, { organizationId, by: cast.outsider }))).toEqual([
      404,
      'organization_not_found',
    ]);
    const all = await givenKey(app, {
      organizationId,
      by: cast.owner,
      scopes: ['api:admin', 'organizations:write'],
    });
    const body = { name: 'child', organization_id: organizationId, scopes: ['organizations:read'] };
    for (const route of ['POST /api/api-keys', 'GET /api/api-keys', `DELETE /api/api-keys/${all.id}`])
      expect(refusal(await withKey(app, all, route, route.startsWith('P') ? body : undefined))).toEqual([
        403,
        'bearer_required',
      ]);
    expect(await tryKey(app, { key: `xntr-${'A'.repeat(86)}` })).toEqual(DEAD);
  });

  it.each(['member', 'team_manager'] as const)('lets a %s give nothing but read scopes', async (role) => {
    const by = cast[role];
    const read = await givenKey(app, { organizationId, by, scopes: ['organizations:read', 'rag:read'] });
    expect(await tryKey(app, read)).toEqual(WORKS);
    for (const scope of ['organizations:write', 'api:admin', 'api:write', 'live:write'] as const) {
      const mixed = await createKey(app, { organizationId, by, scopes: ['organizations:read', scope] });
      expect(refusal(mixed)).toEqual([403, 'role_insufficient']);
    }
  });

  it('lets 20 parallel twins with one Idempotency-Key make one key, and shows all of them that one', async () => {
    const other = (extra = await TestApp.start({ beside: app }));
    const before = (await walk(app, '/api/api-keys?limit=100', cast.admin.accessToken)).rows.length;
    const headers = { 'idempotency-key': 'twenty-at-once' };
    const request = { organizationId, by: cast.admin, name: 'Twin' };
    const answers = await together(20, (index) => createKey(index % 2 ? app : other, request, headers));
    const made = answers.filter(({ status }) => status === 201);
    expect(new Set(made.map(({ body }) => body.key)).size).toBe(1);
    expect(made.filter((answer) => answer.headers['idempotent-replayed'] === undefined)).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 201))
      expect(refusal(answer)).toEqual([409, 'idempotency_in_progress']);
    const again = await createKey(app, request, headers);
    expect([again.headers['idempotent-replayed'], again.body]).toEqual(['true', made[0]?.body]);
    expect(refusal(await createKey(app, { ...request, name: 'Other' }, headers))).toEqual([
      409,
      'idempotency_key_reused',
    ]);
    const after = await walk(app, '/api/api-keys?limit=100', cast.admin.accessToken);
    expect(after.rows).toHaveLength(before + 1);
    expect(await tryKey(app, again.body)).toEqual(WORKS);
  });

  it('takes the same Idempotency-Key of two keys of one maker for two requests', async () => {
    const scopes = ['organizations:write' as const];
    const first = await givenKey(app, { organizationId, by: cast.owner, scopes });
    const second = await givenKey(app, { organizationId, by: cast.owner, scopes });
    const headers = { 'idempotency-key': 'make-a-team' };
    const route = `POST /api/organizations/${organizationId}/teams`;
    const made = await expectStatus(201, withKey(app, first, route, { name: 'Blue' }, headers));
    const replayed = await expectStatus(201, withKey(app, first, route, { name: 'Blue' }, headers));
    expect([replayed.headers['idempotent-replayed'], replayed.body.id]).toEqual(['true', made.body.id]);
    const acted = await withKey(app, second, route, { name: 'Blue' }, headers);
    expect([acted.headers['idempotent-replayed'], ...refusal(acted)]).toEqual([
      undefined,
      409,
      'team_name_taken',
    ]);
    const own = await expectStatus(
      201,
      withKey(app, second, route, { name: 'Red' }, { 'idempotency-key': 'other' }),
    );
    expect(own.body.id).not.toBe(made.body.id);
    const session = { token: cast.owner.accessToken, headers };
    const asPerson = await app.post(route.slice(5), { name: 'Green' }, session);
    expect([asPerson.status, asPerson.headers['idempotent-replayed']]).toEqual([201, undefined]);
  });

  it('shows admins every key of their organizations and others their own; it lets them delete the same ones', async () => {
    const { owner, admin, member, team_manager: manager, organizationId: id } = await givenCast(app);
    const keys: Record<string, string> = {};
    for (const [name, by] of Object.entries({ owner, admin, member, manager }))
      keys[name] = (await givenKey(app, { organizationId: id, by })).id;
    const foreign = await givenKey(app, { organizationId, by: cast.owner });
    const seenBy = async (by: Person): Promise<string[]> =>
      (await walk<ListedKey>(app, `/api/api-keys?organization_id=${id}`, by.accessToken)).rows.map(
        (row) => row.id,
      );
    const all = [keys.manager, keys.member, keys.admin, keys.owner];
    expect(await seenBy(owner)).toEqual(all);
    expect(await seenBy(admin)).toEqual(all);
    expect(await seenBy(member)).toEqual([keys.member]);
    expect(await seenBy(manager)).toEqual([keys.manager]);
    expect(refusal(await list(cast.owner, `?organization_id=${id}`))).toEqual([
      404,
      'organization_not_found',
    ]);
    for (const hidden of [keys.owner, keys.admin, keys.manager, foreign.id, ...NO_IDS])
      for (const act of [
        remove,
        (by: Person, at: string) =>
          app.post(`/api/api-keys/${at}/resume`, undefined, { token: by.accessToken }),
      ])
        expect(refusal(await act(member, hidden as string))).toEqual([404, 'api_key_not_found']);
    expect(refusal(await remove(owner, foreign.id))).toEqual([404, 'api_key_not_found']);
    await expectStatus(204, remove(member, keys.member as string));
    await expectStatus(204, remove(admin, keys.owner as string));
    expect(refusal(await remove(admin, keys.owner as string))).toEqual([404, 'api_key_not_found']);
    expect(await seenBy(owner)).toEqual([keys.manager, keys.admin]);
  });

  it('lists newest first, page by page, each key once', async () => {
    const { admin, member, organizationId: id } = await givenCast(app);
    const made: string[] = [];
    for (let index = 0; index < 7; index += 1)
      made.unshift((await givenKey(app, { organizationId: id, by: index % 2 ? admin : member })).id);
    const url = `/api/api-keys?limit=3&organization_id=${id}`;
    const { rows, pages } = await walk<ListedKey>(app, url, admin.accessToken);
    expect([rows.map((row) => row.id), pages]).toEqual([made, 3]);
    const own = await walk<ListedKey>(app, url, member.accessToken);
    expect([own.rows.length, own.pages]).toEqual([4, 2]);
    for (const query of ['?limit=0', '?limit=101', '?cursor=nonsense', '?offset=3', '?organization_id=acme'])
      expect(refusal(await list(admin, query))).toEqual([400, 'validation_failed']);
  });
});
