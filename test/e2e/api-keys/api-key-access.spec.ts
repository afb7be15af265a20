import {
  DEAD,
  givenKey,
  type GivenKey,
  type KeyRequest,
  tryKey,
  withKey,
  WORKS,
} from '@test/support/auth/api-keys.js';
import { TestApp } from '@test/support/app/test-app.js';
import { expectStatus } from '@test/support/auth/given-users.js';
import {
  givenFounder,
  givenMemberOf,
  givenPerson,
  logIn,
  type Person,
  refusal,
} from '@test/support/organizations/given-organizations.js';
import { declaredRoutes } from '@test/support/http/routes.js';

type Founder = Person & { organizationId: string };

describe('what an API key opens', () => {
  let app: TestApp;
  let founder: Founder;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(async () => {
    founder = await givenFounder(app);
  });
  afterAll(() => app.stop());

  const keyWith = (...scopes: NonNullable<KeyRequest['scopes']>): Promise<GivenKey> =>
    givenKey(app, { organizationId: founder.organizationId, by: founder, scopes });

  it('is refused with exactly the documented body where it lacks the scope', async () => {
    const key = await keyWith('organizations:read', 'rag:read');
    const answer = await withKey(app, key, 'POST /api/organizations', { name: 'More' });
    expect(answer.status).toBe(403);
    expect(answer.body).toEqual({
      detail: {
        error: 'INSUFFICIENT_API_KEY_SCOPE',
        message: 'API key lacks required scope for this endpoint',
        required_scope: 'organizations:write',
        granted_scopes: ['organizations:read', 'rag:read'],
      },
      code: 'insufficient_api_key_scope',
      request_id: answer.headers['x-request-id'],
    });
    expect(Object.keys(answer.body.detail)).toEqual(['error', 'message', 'required_scope', 'granted_scopes']);
  });

  it('is not read where only writing was granted, and not written where only reading was', async () => {
    const writes = await keyWith('organizations:write', 'api:admin');
    const reads = await keyWith('organizations:read', 'api:admin');
    const at = `/api/organizations/${founder.organizationId}`;
    const lacks = [403, 'insufficient_api_key_scope'];
    expect(refusal(await withKey(app, writes, `GET ${at}`))).toEqual(lacks);
    expect(refusal(await withKey(app, writes, 'GET /api/organizations'))).toEqual(lacks);
    expect(refusal(await withKey(app, reads, `PATCH ${at}`, { name: 'Read' }))).toEqual(lacks);
    expect(refusal(await withKey(app, reads, `DELETE ${at}`))).toEqual(lacks);
    await expectStatus(200, withKey(app, reads, `GET ${at}`));
    const changed = await expectStatus(200, withKey(app, writes, `PATCH ${at}`, { name: 'Written' }));
    expect(changed.body.name).toBe('Written');
  });

  it('is judged by scope before anything about the organization is told', async () => {
    const key = await keyWith('rag:read');
    const foreign = (await givenFounder(app)).organizationId;
    for (const id of [founder.organizationId, foreign, 'nonsense'])
      expect(refusal(await withKey(app, key, `GET /api/organizations/${id}`))).toEqual([
        403,
        'insufficient_api_key_scope',
      ]);
  });

  it('is no session: every route for people refuses it, and tells a false key from a true one', async () => {
    const key = await keyWith('api:admin', 'organizations:write', 'integrations:write');
    const bad = { key: `${key.key.slice(0, -1)}${key.key.endsWith('A') ? 'B' : 'A'}` };
    const routes = declaredRoutes(app).filter(({ access }) => access?.access === 'session');
    expect(routes.length).toBeGreaterThan(25);
    for (const { route } of routes) {
      const filled = route.replace(/:\w+/g, founder.organizationId);
      const body = route.startsWith('GET') || route.startsWith('DELETE') ? undefined : {};
      const answer = await withKey(app, key, filled, body);
      expect([route, ...refusal(answer)]).toEqual([route, 403, 'bearer_required']);
      const bare = await withKey(app, bad, filled, body);
      expect([route, ...refusal(bare)]).toEqual([route, 401, 'token_invalid']);
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
    expect(await tryKey(app, { key: text })).toEqual(DEAD);
  });

  it('is nothing with two keys at once, or with a key as an access token', async () => {
    const key = await keyWith('organizations:read');
    expect(await tryKey(app, { key: `${key.key}, ${key.key}` })).toEqual(DEAD);
    expect(refusal(await app.get('/api/organizations', { token: key.key }))).toEqual(DEAD);
    expect(refusal(await app.get(`/api/organizations?api_key=${key.key}`))).toEqual(DEAD);
  });

  it('is one organization, even of a person with several', async () => {
    const { id: other } = (
      await expectStatus(
        201,
        app.post('/api/organizations', { name: 'Other' }, { token: founder.accessToken }),
      )
    ).body;
    const key = await keyWith('organizations:read', 'organizations:write');
    const { body: listed } = await expectStatus(200, withKey(app, key, 'GET /api/organizations'));
    expect(listed.map(({ id }: { id: string }) => id)).toEqual([founder.organizationId]);
    for (const route of [
      `GET /api/organizations/${other}`,
      `GET /api/organizations/${other}/members`,
      `GET /api/organizations/${other}/teams`,
      `GET /api/organizations/${other}/audit-log`,
      `DELETE /api/organizations/${other}`,
    ])
      expect(refusal(await withKey(app, key, route))).toEqual([404, 'organization_not_found']);
    const move = `PUT /api/organizations/${founder.organizationId}/members/`;
    const member = await givenMemberOf(app, { organizationId: founder.organizationId, by: founder });
    const moved = await withKey(app, key, `${move}${member.id}`, { organization_id: other });
    expect(refusal(moved)).toEqual([404, 'organization_not_found']);
    await expectStatus(200, app.get(`/api/organizations/${other}`, { token: founder.accessToken }));
  });

  it('is decided by the access token alone where both are sent', async () => {
    const key = await keyWith('organizations:read');
    const person = await givenPerson(app);
    const at = `GET /api/organizations/${founder.organizationId}`;
    const both = (authorization: string): Record<string, string> => ({ authorization });
    const bearer = both(`Bearer ${person.accessToken}`);
    expect(refusal(await withKey(app, key, at, undefined, bearer))).toEqual([404, 'organization_not_found']);
    const me = await expectStatus(200, withKey(app, key, 'GET /api/auth/me', undefined, bearer));
    expect(me.body.id).toBe(person.id);
    for (const wrong of ['Bearer nonsense', `Bearer ${key.key}`, 'Basic YTpi', 'nonsense'])
      expect(refusal(await withKey(app, key, at, undefined, both(wrong)))).toEqual(DEAD);
    const right = both(`Bearer ${founder.accessToken}`);
    await expectStatus(200, withKey(app, { key: 'nonsense' }, 'GET /api/auth/me', undefined, right));
  });

  it('ends on the minute', async () => {
    const expires_at = new Date(app.clock.millis() + 600_000).toISOString();
    const key = await givenKey(app, { organizationId: founder.organizationId, by: founder, expires_at });
    expect(await tryKey(app, key)).toEqual(WORKS); // from here on the node has it in mind
    app.clock.advance(590);
    expect(await tryKey(app, key)).toEqual(WORKS);
    app.clock.advance(10);
    expect(await tryKey(app, key)).toEqual(DEAD);
    const fresh = await TestApp.start({ beside: app });
    const answer = await tryKey(fresh, key);
    await fresh.stop();
    expect(answer).toEqual(DEAD);
  });

  it('ends with a deletion, at once', async () => {
    const key = await keyWith('organizations:read');
    expect(await tryKey(app, key)).toEqual(WORKS);
    await expectStatus(204, app.delete(`/api/api-keys/${key.id}`, { token: founder.accessToken }));
    expect(await tryKey(app, key)).toEqual(DEAD);
  });

  it('ends with the organization', async () => {
    const key = await keyWith('organizations:read');
    expect(await tryKey(app, key)).toEqual(WORKS);
    const at = `/api/organizations/${founder.organizationId}`;
    await expectStatus(204, app.delete(at, { token: founder.accessToken }));
    expect(await tryKey(app, key)).toEqual(DEAD);
  });
});

describe('when a key was last used', () => {
  const READ = 'SELECT xmin::text, last_used_at FROM api_keys WHERE id = $1';

  it('is written once a minute at most, for a node that stops too, and shown in the list', async () => {
    const app = await TestApp.start();
    const founder = await givenFounder(app);
    const key = await givenKey(app, { organizationId: founder.organizationId, by: founder });
    const row = async (): Promise<{ xmin: string; last_used_at: Date | null }> =>
      (await app.sql<{ xmin: string; last_used_at: Date | null }>(READ, [key.id]))[0] as never;
    /** Uses the key on a node of its own, at these moments; what a node has noted it writes when it stops. */
    const use = async (...pauses: number[]): Promise<void> => {
      const node = await TestApp.start({ beside: app });
      for (const pause of pauses) {
        app.clock.advance(pause);
        expect(await tryKey(node, key)).toEqual(WORKS);
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
    expect((await withKey(app, { key: 'nonsense' }, 'GET /api/organizations')).status).toBe(401);
    const [listed] = (await app.get('/api/api-keys', { token: await logIn(app, founder) })).body;
    expect(Date.parse(listed.last_used_at)).toBe(second.getTime());
    expect((await row()).xmin).toBe(xmin);
    await app.stop();
  });
});
