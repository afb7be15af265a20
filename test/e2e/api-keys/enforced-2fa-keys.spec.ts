import { DEAD, givenKey, type GivenKey, tryKey, withKey, WORKS } from '@test/support/auth/api-keys.js';
import { TestApp, type Answer } from '@test/support/app/test-app.js';
import { enableTwoFactor, expectStatus } from '@test/support/auth/given-users.js';
import { flawOf, givenToken, GRANT, integration } from '@test/support/auth/integration-tokens.js';
import {
  givenFounder,
  givenMemberOf,
  givenProvisioned,
  logIn,
  type Person,
  refusal,
  walk,
} from '@test/support/organizations/given-organizations.js';

const REFUSED = [403, 'two_factor_required'];
const IMPACT = '/api/v1/organization/2fa-impact';

describe('where a second factor is demanded', () => {
  let app: TestApp;
  let owner: Person & { organizationId: string };
  let organizationId: string;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(async () => {
    owner = await givenFounder(app);
    organizationId = owner.organizationId;
    await enableTwoFactor(app, owner, 'totp');
  });
  afterAll(() => app.stop());

  const enforce = (enforce_2fa = true): Promise<Answer> =>
    expectStatus(200, app.patch('/api/v1/organization', { enforce_2fa }, { token: owner.accessToken }));
  const keyOf = (by: Person, at = organizationId): Promise<GivenKey> =>
    givenKey(app, {
      organizationId: at,
      by,
      scopes: ['organizations:read', 'organizations:write', 'integrations:write', 'integrations:read'],
    });
  const reset = (person: Person): Promise<Answer> =>
    expectStatus(
      200,
      app.post(`/api/v1/users/${person.id}/reset-2fa`, undefined, { token: owner.accessToken }),
    );

  it('a key made without one stops, for every route, and one made with one goes on', async () => {
    const maker = await givenMemberOf(app, { organizationId, by: owner }, 'admin');
    const weak = await keyOf(maker);
    await enableTwoFactor(app, maker, 'totp');
    const strong = await keyOf(maker);
    for (const key of [weak, strong]) expect(await tryKey(app, key)).toEqual(WORKS);
    await enforce();
    expect([await tryKey(app, weak), await tryKey(app, strong)]).toEqual([REFUSED, WORKS]);
    for (const route of [
      `GET /api/organizations/${organizationId}`,
      `DELETE /api/organizations/${organizationId}/members/${maker.id}`,
      'POST /api/organizations',
      'POST /api/integration/grant',
      'GET /api/auth/me',
    ])
      expect([route, ...refusal(await withKey(app, weak, route))]).toEqual([route, ...REFUSED]);
    await expectStatus(200, withKey(app, strong, `GET /api/organizations/${organizationId}`));
    await enforce(false);
    expect([await tryKey(app, weak), await tryKey(app, strong)]).toEqual([WORKS, WORKS]);
  });

  it('a key does not become strong by what its maker does later', async () => {
    const maker = await givenMemberOf(app, { organizationId, by: owner }, 'admin');
    const weak = await keyOf(maker);
    await enforce();
    expect(await tryKey(app, weak)).toEqual(REFUSED);
    await enableTwoFactor(app, maker, 'totp');
    const token = maker.accessToken;
    await expectStatus(200, app.post(`/api/api-keys/${weak.id}/resume`, undefined, { token }));
    expect(await tryKey(app, weak)).toEqual(REFUSED);
  });

  it('a key stops when an admin resets the factor of its maker, and their sessions end', async () => {
    const maker = await givenProvisioned(app, owner, 'admin');
    await enableTwoFactor(app, maker, 'totp');
    const strong = await keyOf(maker);
    await enforce();
    expect(await tryKey(app, strong)).toEqual(WORKS);
    await reset(maker);
    expect(await tryKey(app, strong)).toEqual(REFUSED);
    expect(refusal(await app.get('/api/auth/me', { token: maker.accessToken }))).toEqual(DEAD);
    await enforce(false);
    expect(await tryKey(app, strong)).toEqual(WORKS);
  });

  it('no key switches it on or off for more than it may: on never, and a weak one nothing at all', async () => {
    const strong = await keyOf(owner);
    const route = `PATCH /api/organizations/${organizationId}`;
    expect(refusal(await withKey(app, strong, route, { enforce_2fa: true }))).toEqual(REFUSED);
    expect(refusal(await withKey(app, strong, 'PATCH /api/v1/organization', { enforce_2fa: true }))).toEqual([
      403,
      'bearer_required',
    ]);
    await expectStatus(200, withKey(app, strong, route, { name: 'Renamed', enforce_2fa: false }));
    await enforce();
    await expectStatus(200, withKey(app, strong, route, { enforce_2fa: true })); // it is on already
  });

  it('keys are listed, deleted and resumed only with a second factor', async () => {
    const maker = await givenMemberOf(app, { organizationId, by: owner }, 'member');
    const key = await givenKey(app, { organizationId, by: maker });
    const { id: other } = (
      await expectStatus(201, app.post('/api/organizations', { name: 'Mine' }, { token: maker.accessToken }))
    ).body;
    const elsewhere = await keyOf(maker, other);
    await enforce();
    const token = maker.accessToken;
    const { body: listed } = await expectStatus(200, app.get('/api/api-keys', { token }));
    expect(listed.map(({ id }: { id: string }) => id)).toEqual([elsewhere.id]);
    expect(refusal(await app.get(`/api/api-keys?organization_id=${organizationId}`, { token }))).toEqual(
      REFUSED,
    );
    expect(refusal(await app.delete(`/api/api-keys/${key.id}`, { token }))).toEqual(REFUSED);
    expect(refusal(await app.post(`/api/api-keys/${key.id}/resume`, undefined, { token }))).toEqual(REFUSED);
    expect(await tryKey(app, elsewhere)).toEqual(WORKS); // that organization demands nothing
    await enableTwoFactor(app, maker, 'totp');
    expect((await app.get('/api/api-keys', { token })).body).toHaveLength(2);
    await expectStatus(204, app.delete(`/api/api-keys/${key.id}`, { token }));
  });

  it('a grant made without one does not verify, and cannot be exchanged for one that does', async () => {
    const maker = await givenMemberOf(app, { organizationId, by: owner }, 'admin');
    const weakKey = await keyOf(maker);
    const byKey = await expectStatus(201, withKey(app, weakKey, 'POST /api/integration/grant', GRANT));
    const weak = await givenToken(app, maker, { ttlSeconds: 3600 });
    const strong = await givenToken(app, owner, { ttlSeconds: 3600 });
    await enforce();
    expect(await flawOf(app, owner, weak)).toBe('two_factor_required');
    expect(await flawOf(app, owner, byKey.body)).toBe('two_factor_required');
    expect(await flawOf(app, owner, strong)).toBeNull();
    const rotate = { integrationToken: weak.token };
    expect(refusal(await integration(app, owner, 'POST rotate', rotate))).toEqual([
      409,
      'integration_token_inactive',
    ]);
    expect(refusal(await integration(app, maker, 'POST grant', GRANT))).toEqual(REFUSED);
    await enableTwoFactor(app, maker, 'totp');
    expect(await flawOf(app, owner, weak)).toBe('two_factor_required'); // made before
    expect(await flawOf(app, owner, await givenToken(app, maker))).toBeNull();
    await enforce(false);
    expect(await flawOf(app, owner, weak)).toBeNull();
  });

  it('a grant made with one ends when the factor of its maker is reset', async () => {
    const maker = await givenProvisioned(app, owner, 'admin');
    await enableTwoFactor(app, maker, 'totp');
    const token = await givenToken(app, maker, { ttlSeconds: 3600 });
    await enforce();
    expect(await flawOf(app, owner, token)).toBeNull();
    await reset(maker);
    expect(await flawOf(app, owner, token)).toBe('two_factor_required');
  });

  it('everybody it would affect is listed before, and nobody else', async () => {
    const at = { organizationId, by: owner };
    const added = await givenMemberOf(app, at, 'member');
    const made = await givenProvisioned(app, owner, 'team_manager');
    const safe = await givenMemberOf(app, at, 'member');
    await enableTwoFactor(app, safe, 'totp');
    await givenKey(app, { organizationId, by: safe });
    const weakKeys = await givenMemberOf(app, at, 'admin');
    await givenKey(app, { organizationId, by: weakKeys });
    await givenKey(app, { organizationId, by: weakKeys });
    await enableTwoFactor(app, weakKeys, 'totp');
    await givenKey(app, { organizationId, by: weakKeys });
    const outsider = await givenFounder(app);

    const row = (person: Person, role: string, change: object = {}): object => ({
      user_id: person.id,
      username: expect.any(String),
      email: person.email,
      role,
      two_factor_enabled: false,
      setup_at_login: false,
      weak_api_keys: 0,
      ...change,
    });
    const expected = [
      row(weakKeys, 'admin', { two_factor_enabled: true, weak_api_keys: 2 }),
      row(made, 'team_manager', { setup_at_login: true }), // took up an account this organization made
      row(added, 'member'),
    ];
    const listed = async (): Promise<{ user_id: string }[]> =>
      (await walk<{ user_id: string }>(app, `${IMPACT}?limit=2`, owner.accessToken)).rows;
    const byId = (rows: object[]): object[] =>
      [...rows].sort((a, b) =>
        (a as { user_id: string }).user_id < (b as { user_id: string }).user_id ? -1 : 1,
      );
    expect(byId(await listed())).toEqual(byId(expected));
    await expectStatus(200, app.get(`/api/organizations/${organizationId}`, { token: added.accessToken }));
    const [used] = (await listed()).filter(({ user_id }) => user_id === added.id);
    expect(used).toEqual(row(added, 'member', { setup_at_login: true }));
    expect((await app.get(IMPACT, { token: outsider.accessToken })).body).toEqual([
      row(outsider, 'owner', { setup_at_login: true }),
    ]);
    await expectForetold(added, made, safe);
  });

  /** What was foretold is what then happens. */
  async function expectForetold(added: Person, made: Person, safe: Person): Promise<void> {
    await enforce();
    for (const { email, password } of [added, made]) {
      const { body } = await expectStatus(200, app.post('/api/v1/auth/login', { email, password }));
      expect(body.two_factor_setup_required).toBe(true);
    }
    const { email, password } = safe;
    const { body } = await expectStatus(200, app.post('/api/v1/auth/login', { email, password }));
    expect(body).toMatchObject({ two_factor_required: true, two_factor_setup_required: false });
  }

  it('who has nothing but keys that are over is not listed', async () => {
    const maker = await givenMemberOf(app, { organizationId, by: owner }, 'member');
    const expires_at = new Date(app.clock.millis() + 30_000).toISOString();
    const key = await givenKey(app, { organizationId, by: maker, expires_at });
    await enableTwoFactor(app, maker, 'totp'); // takes a minute
    expect(await tryKey(app, key)).toEqual(DEAD);
    expect((await app.get(IMPACT, { token: owner.accessToken })).body).toEqual([]);
  });

  it('the list is for admins, and members without one are no admins of it either', async () => {
    const member = await givenProvisioned(app, owner, 'member');
    const admin = await givenProvisioned(app, owner, 'admin');
    const ask = (by: Person): Promise<Answer> => app.get(IMPACT, { token: by.accessToken });
    expect(refusal(await ask(member))).toEqual([403, 'role_insufficient']);
    await expectStatus(200, ask(admin));
    const key = await keyOf(owner);
    expect(refusal(await withKey(app, key, `GET ${IMPACT}`))).toEqual([403, 'bearer_required']);
    await enforce();
    expect(refusal(await ask(admin))).toEqual(REFUSED);
    await expectStatus(200, ask(owner));
  });

  it('lets a member in again who logs in anew with a factor', async () => {
    const member = await givenProvisioned(app, owner, 'member');
    expect(await logIn(app, member)).toEqual(expect.any(String));
    await enforce();
    const { email, password } = member;
    const login = await expectStatus(200, app.post('/api/v1/auth/login', { email, password }));
    expect(login.body).toMatchObject({ access_token: null, two_factor_setup_required: true });
  });
});
