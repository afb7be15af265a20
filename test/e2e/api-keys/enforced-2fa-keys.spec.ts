import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import {
  KEY_REJECTED,
  givenApiKey,
  type TestApiKey,
  tryApiKey,
  callWithApiKey,
  KEY_ACCEPTED,
} from '@test/support/auth/api-keys.js';
import { enableTwoFactor, expectStatus } from '@test/support/auth/given-users.js';
import {
  getInvalidReason,
  givenIntegrationToken,
  GRANT_REQUEST,
  callIntegration,
} from '@test/support/auth/integration-tokens.js';
import {
  givenOwnerWithId,
  givenMember,
  givenProvisionedUser,
  logIn,
  type UserWithId,
  statusAndCode,
  listAllPages,
} from '@test/support/organizations/given-organizations.js';

const TWO_FACTOR_REQUIRED = [403, 'two_factor_required'];
const IMPACT_URL = '/api/v1/organization/2fa-impact';

describe('where a second factor is demanded', () => {
  let app: TestApp;
  let owner: UserWithId & { organizationId: string };
  let organizationId: string;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(async () => {
    owner = await givenOwnerWithId(app);
    organizationId = owner.organizationId;
    await enableTwoFactor(app, owner, 'totp');
  });
  afterAll(() => app.stop());

  const setEnforcement = (enforce_2fa = true): Promise<TestResponse> =>
    expectStatus(200, app.patch('/api/v1/organization', { enforce_2fa }, { token: owner.accessToken }));
  const createKeyFor = (by: UserWithId, at = organizationId): Promise<TestApiKey> =>
    givenApiKey(app, {
      organizationId: at,
      by,
      scopes: ['organizations:read', 'organizations:write', 'integrations:write', 'integrations:read'],
    });
  const resetTwoFactor = (person: UserWithId): Promise<TestResponse> =>
    expectStatus(
      200,
      app.post(`/api/v1/users/${person.id}/reset-2fa`, undefined, { token: owner.accessToken }),
    );

  it('a key made without one stops, for every route, and one made with one goes on', async () => {
    const maker = await givenMember(app, { organizationId, by: owner }, 'admin');
    const weak = await createKeyFor(maker);
    await enableTwoFactor(app, maker, 'totp');
    const strong = await createKeyFor(maker);
    for (const key of [weak, strong]) expect(await tryApiKey(app, key)).toEqual(KEY_ACCEPTED);
    await setEnforcement();
    expect([await tryApiKey(app, weak), await tryApiKey(app, strong)]).toEqual([
      TWO_FACTOR_REQUIRED,
      KEY_ACCEPTED,
    ]);
    for (const route of [
      `GET /api/organizations/${organizationId}`,
      `DELETE /api/organizations/${organizationId}/members/${maker.id}`,
      'POST /api/organizations',
      'POST /api/integration/grant',
      'GET /api/auth/me',
    ])
      expect([route, ...statusAndCode(await callWithApiKey(app, weak, route))]).toEqual([
        route,
        ...TWO_FACTOR_REQUIRED,
      ]);
    await expectStatus(200, callWithApiKey(app, strong, `GET /api/organizations/${organizationId}`));
    await setEnforcement(false);
    expect([await tryApiKey(app, weak), await tryApiKey(app, strong)]).toEqual([KEY_ACCEPTED, KEY_ACCEPTED]);
  });

  it('a key does not become strong by what its maker does later', async () => {
    const maker = await givenMember(app, { organizationId, by: owner }, 'admin');
    const weak = await createKeyFor(maker);
    await setEnforcement();
    expect(await tryApiKey(app, weak)).toEqual(TWO_FACTOR_REQUIRED);
    await enableTwoFactor(app, maker, 'totp');
    const token = maker.accessToken;
    await expectStatus(200, app.post(`/api/api-keys/${weak.id}/resume`, undefined, { token }));
    expect(await tryApiKey(app, weak)).toEqual(TWO_FACTOR_REQUIRED);
  });

  it('a key stops when an admin resets the factor of its maker, and their sessions end', async () => {
    const maker = await givenProvisionedUser(app, owner, 'admin');
    await enableTwoFactor(app, maker, 'totp');
    const strong = await createKeyFor(maker);
    await setEnforcement();
    expect(await tryApiKey(app, strong)).toEqual(KEY_ACCEPTED);
    await resetTwoFactor(maker);
    expect(await tryApiKey(app, strong)).toEqual(TWO_FACTOR_REQUIRED);
    expect(statusAndCode(await app.get('/api/auth/me', { token: maker.accessToken }))).toEqual(KEY_REJECTED);
    await setEnforcement(false);
    expect(await tryApiKey(app, strong)).toEqual(KEY_ACCEPTED);
  });

  it('no key switches it on or off for more than it may: on never, and a weak one nothing at all', async () => {
    const strong = await createKeyFor(owner);
    const route = `PATCH /api/organizations/${organizationId}`;
    expect(statusAndCode(await callWithApiKey(app, strong, route, { enforce_2fa: true }))).toEqual(
      TWO_FACTOR_REQUIRED,
    );
    expect(
      statusAndCode(await callWithApiKey(app, strong, 'PATCH /api/v1/organization', { enforce_2fa: true })),
    ).toEqual([403, 'bearer_required']);
    await expectStatus(200, callWithApiKey(app, strong, route, { name: 'Renamed', enforce_2fa: false }));
    await setEnforcement();
    await expectStatus(200, callWithApiKey(app, strong, route, { enforce_2fa: true })); // it is on already
  });

  it('keys are listed, deleted and resumed only with a second factor', async () => {
    const maker = await givenMember(app, { organizationId, by: owner }, 'member');
    const key = await givenApiKey(app, { organizationId, by: maker });
    const { id: other } = (
      await expectStatus(201, app.post('/api/organizations', { name: 'Mine' }, { token: maker.accessToken }))
    ).body;
    const elsewhere = await createKeyFor(maker, other);
    await setEnforcement();
    const token = maker.accessToken;
    const { body: listed } = await expectStatus(200, app.get('/api/api-keys', { token }));
    expect(listed.map(({ id }: { id: string }) => id)).toEqual([elsewhere.id]);
    expect(
      statusAndCode(await app.get(`/api/api-keys?organization_id=${organizationId}`, { token })),
    ).toEqual(TWO_FACTOR_REQUIRED);
    expect(statusAndCode(await app.delete(`/api/api-keys/${key.id}`, { token }))).toEqual(
      TWO_FACTOR_REQUIRED,
    );
    expect(statusAndCode(await app.post(`/api/api-keys/${key.id}/resume`, undefined, { token }))).toEqual(
      TWO_FACTOR_REQUIRED,
    );
    expect(await tryApiKey(app, elsewhere)).toEqual(KEY_ACCEPTED); // that organization demands nothing
    await enableTwoFactor(app, maker, 'totp');
    expect((await app.get('/api/api-keys', { token })).body).toHaveLength(2);
    await expectStatus(204, app.delete(`/api/api-keys/${key.id}`, { token }));
  });

  it('a grant made without one does not verify, and cannot be exchanged for one that does', async () => {
    const maker = await givenMember(app, { organizationId, by: owner }, 'admin');
    const weakKey = await createKeyFor(maker);
    const byKey = await expectStatus(
      201,
      callWithApiKey(app, weakKey, 'POST /api/integration/grant', GRANT_REQUEST),
    );
    const weak = await givenIntegrationToken(app, maker, { ttlSeconds: 3600 });
    const strong = await givenIntegrationToken(app, owner, { ttlSeconds: 3600 });
    await setEnforcement();
    expect(await getInvalidReason(app, owner, weak)).toBe('two_factor_required');
    expect(await getInvalidReason(app, owner, byKey.body)).toBe('two_factor_required');
    expect(await getInvalidReason(app, owner, strong)).toBeNull();
    const rotate = { integrationToken: weak.token };
    expect(statusAndCode(await callIntegration(app, owner, 'POST rotate', rotate))).toEqual([
      409,
      'integration_token_inactive',
    ]);
    expect(statusAndCode(await callIntegration(app, maker, 'POST grant', GRANT_REQUEST))).toEqual(
      TWO_FACTOR_REQUIRED,
    );
    await enableTwoFactor(app, maker, 'totp');
    expect(await getInvalidReason(app, owner, weak)).toBe('two_factor_required'); // made before
    expect(await getInvalidReason(app, owner, await givenIntegrationToken(app, maker))).toBeNull();
    await setEnforcement(false);
    expect(await getInvalidReason(app, owner, weak)).toBeNull();
  });

  it('a grant made with one ends when the factor of its maker is reset', async () => {
    const maker = await givenProvisionedUser(app, owner, 'admin');
    await enableTwoFactor(app, maker, 'totp');
    const token = await givenIntegrationToken(app, maker, { ttlSeconds: 3600 });
    await setEnforcement();
    expect(await getInvalidReason(app, owner, token)).toBeNull();
    await resetTwoFactor(maker);
    expect(await getInvalidReason(app, owner, token)).toBe('two_factor_required');
  });

  it('everybody it would affect is listed before, and nobody else', async () => {
    const at = { organizationId, by: owner };
    const added = await givenMember(app, at, 'member');
    const made = await givenProvisionedUser(app, owner, 'team_manager');
    const safe = await givenMember(app, at, 'member');
    await enableTwoFactor(app, safe, 'totp');
    await givenApiKey(app, { organizationId, by: safe });
    const weakKeys = await givenMember(app, at, 'admin');
    await givenApiKey(app, { organizationId, by: weakKeys });
    await givenApiKey(app, { organizationId, by: weakKeys });
    await enableTwoFactor(app, weakKeys, 'totp');
    await givenApiKey(app, { organizationId, by: weakKeys });
    const outsider = await givenOwnerWithId(app);

    const row = (person: UserWithId, role: string, change: object = {}): object => ({
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
      (await listAllPages<{ user_id: string }>(app, `${IMPACT_URL}?limit=2`, owner.accessToken)).rows;
    const byId = (rows: object[]): object[] =>
      [...rows].sort((a, b) =>
        (a as { user_id: string }).user_id < (b as { user_id: string }).user_id ? -1 : 1,
      );
    expect(byId(await listed())).toEqual(byId(expected));
    await expectStatus(200, app.get(`/api/organizations/${organizationId}`, { token: added.accessToken }));
    const [used] = (await listed()).filter(({ user_id }) => user_id === added.id);
    expect(used).toEqual(row(added, 'member', { setup_at_login: true }));
    expect((await app.get(IMPACT_URL, { token: outsider.accessToken })).body).toEqual([
      row(outsider, 'owner', { setup_at_login: true }),
    ]);
    await expectPredictedImpact(added, made, safe);
  });

  /** What was foretold is what then happens. */
  async function expectPredictedImpact(added: UserWithId, made: UserWithId, safe: UserWithId): Promise<void> {
    await setEnforcement();
    for (const { email, password } of [added, made]) {
      const { body } = await expectStatus(200, app.post('/api/v1/auth/login', { email, password }));
      expect(body.two_factor_setup_required).toBe(true);
    }
    const { email, password } = safe;
    const { body } = await expectStatus(200, app.post('/api/v1/auth/login', { email, password }));
    expect(body).toMatchObject({ two_factor_required: true, two_factor_setup_required: false });
  }

  it('who has nothing but keys that are over is not listed', async () => {
    const maker = await givenMember(app, { organizationId, by: owner }, 'member');
    const expires_at = new Date(app.clock.millis() + 30_000).toISOString();
    const key = await givenApiKey(app, { organizationId, by: maker, expires_at });
    await enableTwoFactor(app, maker, 'totp'); // takes a minute
    expect(await tryApiKey(app, key)).toEqual(KEY_REJECTED);
    expect((await app.get(IMPACT_URL, { token: owner.accessToken })).body).toEqual([]);
  });

  it('the list is for admins, and members without one are no admins of it either', async () => {
    const member = await givenProvisionedUser(app, owner, 'member');
    const admin = await givenProvisionedUser(app, owner, 'admin');
    const ask = (by: UserWithId): Promise<TestResponse> => app.get(IMPACT_URL, { token: by.accessToken });
    expect(statusAndCode(await ask(member))).toEqual([403, 'role_insufficient']);
    await expectStatus(200, ask(admin));
    const key = await createKeyFor(owner);
    expect(statusAndCode(await callWithApiKey(app, key, `GET ${IMPACT_URL}`))).toEqual([
      403,
      'bearer_required',
    ]);
    await setEnforcement();
    expect(statusAndCode(await ask(admin))).toEqual(TWO_FACTOR_REQUIRED);
    await expectStatus(200, ask(owner));
  });

  it('lets a member in again who logs in anew with a factor', async () => {
    const member = await givenProvisionedUser(app, owner, 'member');
    expect(await logIn(app, member)).toEqual(expect.any(String));
    await setEnforcement();
    const { email, password } = member;
    const login = await expectStatus(200, app.post('/api/v1/auth/login', { email, password }));
    expect(login.body).toMatchObject({ access_token: null, two_factor_setup_required: true });
  });
});
