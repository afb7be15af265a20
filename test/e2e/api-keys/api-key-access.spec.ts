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
import { expectStatus } from '@test/support/auth/given-users.js';
import { declaredRoutes } from '@test/support/http/routes.js';
import {
  givenOwnerWithId,
  givenMember,
  givenUserWithId,
  logIn,
  type UserWithId,
  statusAndCode,
} from '@test/support/organizations/given-organizations.js';

type OwnerWithOrganization = UserWithId & { organizationId: string };

describe('what an API key opens', () => {
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

  it('is refused with exactly the documented body where it lacks the scope', async () => {
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

  it('is not read where only writing was granted, and not written where only reading was', async () => {
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

  it('is judged by scope before anything about the organization is told', async () => {
    const key = await createKeyWithScopes('rag:read');
    const foreign = (await givenOwnerWithId(app)).organizationId;
    for (const id of [founder.organizationId, foreign, 'nonsense'])
      expect(statusAndCode(await callWithApiKey(app, key, `GET /api/organizations/${id}`))).toEqual([
        403,
        'insufficient_api_key_scope',
      ]);
  });

  it('is no session: every route for people refuses it, and tells a false key from a true one', async () => {
    const key = await createKeyWithScopes('api:admin', 'organizations:write', 'integrations:write');
    const bad = { key: `${key.key.slice(0, -1)}${key.key.endsWith('A') ? 'B' : 'A'}` };
    const routes = declaredRoutes(app).filter(({ access }) => access?.access === 'session');
    expect(routes.length).toBeGreaterThan(25);
    for (const { route } of routes) {
      const filled = route.replace(/:\w+/g, founder.organizationId);
      const body = route.startsWith('GET') || route.startsWith('DELETE') ? undefined : {};
      const answer = await callWithApiKey(app, key, filled, body);
      expect([route, ...statusAndCode(answer)]).toEqual([route, 403, 'bearer_required']);
      const bare = await callWithApiKey(app, bad, filled, body);
      expect([route, ...statusAndCode(bare)]).toEqual([route, 401, 'token_invalid']);
      expect(bare.headers['www-authenticate']).toBe('Bearer');
    }
  });

  it.each([
    '',
    'xntr-',
    'nonsense',
    `xntr-${'A'.repeat(85)}`,
    `xntr-${'A'.repeat(87)}`,
    `XNTR-${'A'.repeat(86)}`,
  ])('is nothing with %j', async (text) => {
    expect(await tryApiKey(app, { key: text })).toEqual(KEY_REJECTED);
  });

  it('is nothing with two keys at once, or with a key as an access token', async () => {
    const key = await createKeyWithScopes('organizations:read');
    expect(await tryApiKey(app, { key: `${key.key}, ${key.key}` })).toEqual(KEY_REJECTED);
    expect(statusAndCode(await app.get('/api/organizations', { token: key.key }))).toEqual(KEY_REJECTED);
    expect(statusAndCode(await app.get(`/api/organizations?api_key=${key.key}`))).toEqual(KEY_REJECTED);
  });

  it('is one organization, even of a person with several', async () => {
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

  it('is decided by the access token alone where both are sent', async () => {
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
    for (const wrong of ['Bearer nonsense', `Bearer ${key.key}`, 'Basic YTpi', 'nonsense'])
      expect(statusAndCode(await callWithApiKey(app, key, at, undefined, both(wrong)))).toEqual(KEY_REJECTED);
    const right = both(`Bearer ${founder.accessToken}`);
    await expectStatus(200, callWithApiKey(app, { key: 'nonsense' }, 'GET /api/auth/me', undefined, right));
  });

  it('ends on the minute', async () => {
    const expires_at = new Date(app.clock.millis() + 600_000).toISOString();
    const key = await givenApiKey(app, { organizationId: founder.organizationId, by: founder, expires_at });
    expect(await tryApiKey(app, key)).toEqual(KEY_ACCEPTED); // from here on the node has it in mind
    app.clock.advance(590);
    expect(await tryApiKey(app, key)).toEqual(KEY_ACCEPTED);
    app.clock.advance(10);
    expect(await tryApiKey(app, key)).toEqual(KEY_REJECTED);
    const fresh = await TestApp.start({ siblingOf: app });
    const response = await tryApiKey(fresh, key);
    await fresh.stop();
    expect(response).toEqual(KEY_REJECTED);
  });

  it('ends with a deletion, at once', async () => {
    const key = await createKeyWithScopes('organizations:read');
    expect(await tryApiKey(app, key)).toEqual(KEY_ACCEPTED);
    await expectStatus(204, app.delete(`/api/api-keys/${key.id}`, { token: founder.accessToken }));
    expect(await tryApiKey(app, key)).toEqual(KEY_REJECTED);
  });

  it('ends with the organization', async () => {
    const key = await createKeyWithScopes('organizations:read');
    expect(await tryApiKey(app, key)).toEqual(KEY_ACCEPTED);
    const at = `/api/organizations/${founder.organizationId}`;
    await expectStatus(204, app.delete(at, { token: founder.accessToken }));
    expect(await tryApiKey(app, key)).toEqual(KEY_REJECTED);
  });
});

describe('when a key was last used', () => {
  const LAST_USED_SQL = 'SELECT xmin::text, last_used_at FROM api_keys WHERE id = $1';

  it('is written once a minute at most, for a node that stops too, and shown in the list', async () => {
    const app = await TestApp.start();
    const founder = await givenOwnerWithId(app);
    const key = await givenApiKey(app, { organizationId: founder.organizationId, by: founder });
    const row = async (): Promise<{ xmin: string; last_used_at: Date | null }> =>
      (await app.sql<{ xmin: string; last_used_at: Date | null }>(LAST_USED_SQL, [key.id]))[0] as never;
    /** Uses the key on a node of its own, at these moments; what a node has noted it writes when it stops. */
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
