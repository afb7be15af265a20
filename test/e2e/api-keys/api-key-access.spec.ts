import { TestApp } from '@test/support/app/test-app.js';
import {
  KEY_REJECTED,
  givenApiKey,
  type TestApiKey,
  type CreateApiKeyInput,
  tryApiKey,
  callWithApiKey,
  KEY_ACCEPTED,
} from '@test/support/auth/api-keys.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import { declaredRoutes } from '@test/support/http/routes.js';
import {
  givenOwnerWithId,
  givenMember,
  givenUserWithId,
  logIn,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

type OwnerWithOrganization = UserWithId & { organizationId: string };

interface LastUse {
  xmin: string;
  last_used_at: Date | null;
}

describe('the access of an API key', () => {
  let app: TestApp;
  let founder: OwnerWithOrganization;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(async () => {
    founder = await givenOwnerWithId(app);
  });
  afterAll(() => app.stop());

  const createKeyWithScopes = (...scopes: NonNullable<CreateApiKeyInput['scopes']>): Promise<TestApiKey> =>
    givenApiKey(app, { organizationId: founder.organizationId, by: founder, scopes });

  it('is refused with the documented body when the key lacks the scope', async () => {
    const key = await createKeyWithScopes('organizations:read', 'rag:read');
    const response = await callWithApiKey(app, key, 'POST /api/organizations', { name: 'More' });
    expect(response.status).toBe(403);
    expect(response.body).toEqual({
      detail: {
        error: 'INSUFFICIENT_API_KEY_SCOPE',
        message: 'API key lacks required scope for this endpoint',
        required_scope: 'organizations:write',
        granted_scopes: ['organizations:read', 'rag:read'],
      },
      code: 'insufficient_api_key_scope',
      request_id: response.headers['x-request-id'],
    });
    expect(Object.keys(response.body.detail)).toEqual([
      'error',
      'message',
      'required_scope',
      'granted_scopes',
    ]);
  });

  it('does not include reading with a write scope, nor writing with a read scope', async () => {
    const writes = await createKeyWithScopes('organizations:write', 'api:admin');
    const reads = await createKeyWithScopes('organizations:read', 'api:admin');
    const at = `/api/organizations/${founder.organizationId}`;
    const lacks = [403, 'insufficient_api_key_scope'];
    expect(statusAndCode(await callWithApiKey(app, writes, `GET ${at}`))).toEqual(lacks);
    expect(statusAndCode(await callWithApiKey(app, writes, 'GET /api/organizations'))).toEqual(lacks);
    expect(statusAndCode(await callWithApiKey(app, reads, `PATCH ${at}`, { name: 'Read' }))).toEqual(lacks);
    expect(statusAndCode(await callWithApiKey(app, reads, `DELETE ${at}`))).toEqual(lacks);
    await expectStatus(200, callWithApiKey(app, reads, `GET ${at}`));
    const changed = await expectStatus(200, callWithApiKey(app, writes, `PATCH ${at}`, { name: 'Written' }));
    expect(changed.body.name).toBe('Written');
  });

  it('is checked by scope before anything about the organization is revealed', async () => {
    const key = await createKeyWithScopes('rag:read');
    const foreign = (await givenOwnerWithId(app)).organizationId;
    for (const id of [founder.organizationId, foreign, 'nonsense'])
      expect(statusAndCode(await callWithApiKey(app, key, `GET /api/organizations/${id}`))).toEqual([
        403,
        'insufficient_api_key_scope',
      ]);
  });

  it('excludes every route that requires a session; the error tells a valid key from an invalid one', async () => {
    const key = await createKeyWithScopes('api:admin', 'organizations:write', 'integrations:write');
    const invalidKey = { key: `${key.key.slice(0, -1)}${key.key.endsWith('A') ? 'B' : 'A'}` };
    const routes = declaredRoutes(app).filter(({ access }) => access?.access === 'session');
    expect(routes.length).toBeGreaterThan(25);
    for (const { route } of routes) {
      const filled = route.replace(/:\w+/g, founder.organizationId);
      const body = route.startsWith('GET') || route.startsWith('DELETE') ? undefined : {};
      const answer = await callWithApiKey(app, key, filled, body);
      expect([route, ...statusAndCode(answer)]).toEqual([route, 403, 'bearer_required']);
      const refused = await callWithApiKey(app, invalidKey, filled, body);
      expect([route, ...statusAndCode(refused)]).toEqual([route, 401, 'token_invalid']);
      expect(refused.headers['www-authenticate']).toBe('Bearer');
    }
  });

  it.each([
    '',
    'xntr-',
    'nonsense',
    `xntr-${'A'.repeat(85)}`,
    `xntr-${'A'.repeat(87)}`,
    `XNTR-${'A'.repeat(86)}`,
  ])('is refused for %j', async (text) => {
    expect(await tryApiKey(app, { key: text })).toEqual(KEY_REJECTED);
  });

  it('is refused for two keys in one header, and for a key in place of an access token', async () => {
    const key = await createKeyWithScopes('organizations:read');
    expect(await tryApiKey(app, { key: `${key.key}, ${key.key}` })).toEqual(KEY_REJECTED);
    expect(statusAndCode(await app.get('/api/organizations', { token: key.key }))).toEqual(KEY_REJECTED);
    expect(statusAndCode(await app.get(`/api/organizations?api_key=${key.key}`))).toEqual(KEY_REJECTED);
  });

  it('is limited to one organization, even when the creator belongs to several', async () => {
    const { id: other } = (
      await expectStatus(
        201,
        app.post('/api/organizations', { name: 'Other' }, { token: founder.accessToken }),
      )
    ).body;
    const key = await createKeyWithScopes('organizations:read', 'organizations:write');
    const { body: listed } = await expectStatus(200, callWithApiKey(app, key, 'GET /api/organizations'));
    expect(listed.map(({ id }: { id: string }) => id)).toEqual([founder.organizationId]);
    for (const route of [
      `GET /api/organizations/${other}`,
      `GET /api/organizations/${other}/members`,
      `GET /api/organizations/${other}/teams`,
      `GET /api/organizations/${other}/audit-log`,
      `DELETE /api/organizations/${other}`,
    ])
      expect(statusAndCode(await callWithApiKey(app, key, route))).toEqual([404, 'organization_not_found']);
    const move = `PUT /api/organizations/${founder.organizationId}/members/`;
    const member = await givenMember(app, { organizationId: founder.organizationId, by: founder });
    const moved = await callWithApiKey(app, key, `${move}${member.id}`, { organization_id: other });
    expect(statusAndCode(moved)).toEqual([404, 'organization_not_found']);
    await expectStatus(200, app.get(`/api/organizations/${other}`, { token: founder.accessToken }));
  });

  it('is decided by the access token alone when a request has both credentials', async () => {
    const key = await createKeyWithScopes('organizations:read');
    const person = await givenUserWithId(app);
    const at = `GET /api/organizations/${founder.organizationId}`;
    const both = (authorization: string): Record<string, string> => ({ authorization });
    const bearer = both(`Bearer ${person.accessToken}`);
    expect(statusAndCode(await callWithApiKey(app, key, at, undefined, bearer))).toEqual([
      404,
      'organization_not_found',
    ]);
    const me = await expectStatus(200, callWithApiKey(app, key, 'GET /api/auth/me', undefined, bearer));
    expect(me.body.id).toBe(person.id);
    for (const wrong of ['Bearer nonsense', `Bearer ${key.key}`])
      expect(statusAndCode(await callWithApiKey(app, key, at, undefined, both(wrong)))).toEqual(KEY_REJECTED);
    for (const other of ['Basic YTpi', 'nonsense'])
      await expectStatus(200, callWithApiKey(app, key, at, undefined, both(other)));
    const right = both(`Bearer ${founder.accessToken}`);
    await expectStatus(200, callWithApiKey(app, { key: 'nonsense' }, 'GET /api/auth/me', undefined, right));
  });

  it('ends at the instant of expiry, also for a node that has cached the key', async () => {
    const expires_at = new Date(app.clock.millis() + 600_000).toISOString();
    const key = await givenApiKey(app, { organizationId: founder.organizationId, by: founder, expires_at });
    expect(await tryApiKey(app, key)).toEqual(KEY_ACCEPTED); // the node has cached the key now
    app.clock.advance(590);
    expect(await tryApiKey(app, key)).toEqual(KEY_ACCEPTED);
    app.clock.advance(10);
    expect(await tryApiKey(app, key)).toEqual(KEY_REJECTED);
    const fresh = await TestApp.start({ siblingOf: app });
    const response = await tryApiKey(fresh, key);
    await fresh.stop();
    expect(response).toEqual(KEY_REJECTED);
  });

  it('ends immediately when the key is deleted', async () => {
    const key = await createKeyWithScopes('organizations:read');
    expect(await tryApiKey(app, key)).toEqual(KEY_ACCEPTED);
    await expectStatus(204, app.delete(`/api/api-keys/${key.id}`, { token: founder.accessToken }));
    expect(await tryApiKey(app, key)).toEqual(KEY_REJECTED);
  });

  it('ends when the organization is deleted', async () => {
    const key = await createKeyWithScopes('organizations:read');
    expect(await tryApiKey(app, key)).toEqual(KEY_ACCEPTED);
    const at = `/api/organizations/${founder.organizationId}`;
    await expectStatus(204, app.delete(at, { token: founder.accessToken }));
    expect(await tryApiKey(app, key)).toEqual(KEY_REJECTED);
  });
});

describe('the last use of a key', () => {
  const LAST_USED_SQL = 'SELECT xmin::text, last_used_at FROM api_keys WHERE id = $1';

  it('is written at most once a minute, also when the process stops, and is shown in the list', async () => {
    const app = await TestApp.start();
    app.clock.freeze();
    const founder = await givenOwnerWithId(app);
    const key = await givenApiKey(app, { organizationId: founder.organizationId, by: founder });
    const row = async (): Promise<LastUse> => {
      const [found] = await app.sql<LastUse>(LAST_USED_SQL, [key.id]);
      if (!found) throw new Error('The key has no row.');
      return found;
    };
    /** Uses the key on a new node after each pause (seconds); the node writes the last use when it stops. */
    const use = async (...pauses: number[]): Promise<void> => {
      const node = await TestApp.start({ siblingOf: app });
      for (const pause of pauses) {
        app.clock.advance(pause);
        expect(await tryApiKey(node, key)).toEqual(KEY_ACCEPTED);
      }
      await node.stop();
    };
    expect((await row()).last_used_at).toBeNull();
    const before = app.clock.millis();
    await use(0, 20, 20); // three times within one minute
    const first = (await row()).last_used_at as Date;
    expect(first.getTime()).toBeGreaterThanOrEqual(before);
    expect(first.getTime()).toBeLessThan(before + 20_000);
    await use(120, 61);
    const second = (await row()).last_used_at as Date;
    expect(second.getTime()).toBeGreaterThanOrEqual(first.getTime() + 181_000);
    const { xmin } = await row();
    expect((await callWithApiKey(app, { key: 'nonsense' }, 'GET /api/organizations')).status).toBe(401);
    const [listed] = (await app.get('/api/api-keys', { token: await logIn(app, founder) })).body;
    expect(Date.parse(listed.last_used_at)).toBe(second.getTime());
    expect((await row()).xmin).toBe(xmin);
    await app.stop();
  });
});
