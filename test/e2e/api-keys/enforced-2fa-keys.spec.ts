import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import {
  KEY_REJECTED,
  givenApiKey,
  type TestApiKey,
  tryApiKey,
  callWithApiKey,
  KEY_ACCEPTED,
} from '@test/support/auth/api-keys.js';
import { enableTwoFactor } from '@test/support/auth/given-users.js';
import {
  getInvalidReason,
  givenIntegrationToken,
  GRANT_REQUEST,
  callIntegration,
} from '@test/support/auth/integration-tokens.js';
import { expectStatus, listAllPages, statusAndCode } from '@test/support/http/responses.js';
import {
  givenOwnerWithId,
  givenMember,
  givenProvisionedUser,
  logIn,
  type UserWithId,
} from '@test/support/organizations/given-organizations.js';

const TWO_FACTOR_REQUIRED = [403, 'two_factor_required'];
const IMPACT_URL = '/api/v1/organization/2fa-impact';

describe('in an organization that enforces a second factor', () => {
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

  it('a key created without a second factor is refused on every route, and one created with it works', async () => {
    const creator = await givenMember(app, { organizationId, by: owner }, 'admin');
    const weak = await createKeyFor(creator);
    await enableTwoFactor(app, creator, 'totp');
    const strong = await createKeyFor(creator);
    for (const key of [weak, strong]) expect(await tryApiKey(app, key)).toEqual(KEY_ACCEPTED);
    await setEnforcement();
    expect([await tryApiKey(app, weak), await tryApiKey(app, strong)]).toEqual([
      TWO_FACTOR_REQUIRED,
      KEY_ACCEPTED,
    ]);
    for (const route of [
      `GET /api/organizations/${organizationId}`,
      `DELETE /api/organizations/${organizationId}/members/${creator.id}`,
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

  it('a key created without a second factor is refused even when its creator enables one later', async () => {
    const creator = await givenMember(app, { organizationId, by: owner }, 'admin');
    const weak = await createKeyFor(creator);
    await setEnforcement();
    expect(await tryApiKey(app, weak)).toEqual(TWO_FACTOR_REQUIRED);
    await enableTwoFactor(app, creator, 'totp');
    const token = creator.accessToken;
    await expectStatus(200, app.post(`/api/api-keys/${weak.id}/resume`, undefined, { token }));
    expect(await tryApiKey(app, weak)).toEqual(TWO_FACTOR_REQUIRED);
  });

  it('a key is refused and its creator logged out when an admin resets the factor of the creator', async () => {
    const creator = await givenProvisionedUser(app, owner, 'admin');
    await enableTwoFactor(app, creator, 'totp');
    const strong = await createKeyFor(creator);
    await setEnforcement();
    expect(await tryApiKey(app, strong)).toEqual(KEY_ACCEPTED);
    await resetTwoFactor(creator);
    expect(await tryApiKey(app, strong)).toEqual(TWO_FACTOR_REQUIRED);
    expect(statusAndCode(await app.get('/api/auth/me', { token: creator.accessToken }))).toEqual(
      KEY_REJECTED,
    );
    await setEnforcement(false);
    expect(await tryApiKey(app, strong)).toEqual(KEY_ACCEPTED);
  });

  it('a key cannot turn on enforcement, and can repeat the present setting', async () => {
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
    await expectStatus(200, callWithApiKey(app, strong, route, { enforce_2fa: true })); // no change
  });

  it('keys are listed, deleted and reactivated only with a second factor', async () => {
    const creator = await givenMember(app, { organizationId, by: owner }, 'member');
    const key = await givenApiKey(app, { organizationId, by: creator });
    const { id: other } = (
      await expectStatus(
        201,
        app.post('/api/organizations', { name: 'Mine' }, { token: creator.accessToken }),
      )
    ).body;
    const elsewhere = await createKeyFor(creator, other);
    await setEnforcement();
    const token = creator.accessToken;
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
    expect(await tryApiKey(app, elsewhere)).toEqual(KEY_ACCEPTED); // that organization enforces nothing
    await enableTwoFactor(app, creator, 'totp');
    expect((await app.get('/api/api-keys', { token })).body).toHaveLength(2);
    await expectStatus(204, app.delete(`/api/api-keys/${key.id}`, { token }));
  });

  it('a token granted without a second factor is invalid, and cannot be rotated', async () => {
    const creator = await givenMember(app, { organizationId, by: owner }, 'admin');
    const weakKey = await createKeyFor(creator);
    const byKey = await expectStatus(
      201,
      callWithApiKey(app, weakKey, 'POST /api/integration/grant', GRANT_REQUEST),
    );
    const weak = await givenIntegrationToken(app, creator, { ttlSeconds: 3600 });
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
    expect(statusAndCode(await callIntegration(app, creator, 'POST grant', GRANT_REQUEST))).toEqual(
      TWO_FACTOR_REQUIRED,
    );
    await enableTwoFactor(app, creator, 'totp');
    expect(await getInvalidReason(app, owner, weak)).toBe('two_factor_required'); // granted before the creator had a factor
    expect(await getInvalidReason(app, owner, await givenIntegrationToken(app, creator))).toBeNull();
    await setEnforcement(false);
    expect(await getInvalidReason(app, owner, weak)).toBeNull();
  });

  it('a token granted with a second factor is invalid after the factor of its creator is reset', async () => {
    const creator = await givenProvisionedUser(app, owner, 'admin');
    await enableTwoFactor(app, creator, 'totp');
    const token = await givenIntegrationToken(app, creator, { ttlSeconds: 3600 });
    await setEnforcement();
    expect(await getInvalidReason(app, owner, token)).toBeNull();
    await resetTwoFactor(creator);
    expect(await getInvalidReason(app, owner, token)).toBe('two_factor_required');
  });

  it('the impact list names exactly the members that enforcement would affect', async () => {
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
      row(made, 'member', { setup_at_login: true }), // the account was provisioned by this organization
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
      row(outsider, 'admin', { setup_at_login: true }),
    ]);
    await expectPredictedImpact(added, made, safe);
  });

  /** Enforces the second factor and expects what the impact list predicted. */
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

  it('the impact list leaves out members whose only weak keys have expired', async () => {
    const creator = await givenMember(app, { organizationId, by: owner }, 'member');
    const expires_at = new Date(app.clock.millis() + 30_000).toISOString();
    const key = await givenApiKey(app, { organizationId, by: creator, expires_at });
    await enableTwoFactor(app, creator, 'totp'); // takes a minute
    expect(await tryApiKey(app, key)).toEqual(KEY_REJECTED);
    expect((await app.get(IMPACT_URL, { token: owner.accessToken })).body).toEqual([]);
  });

  it('the impact list needs the admin role, and a second factor once that is enforced', async () => {
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

  it('a member without a second factor must set one up at the next log-in', async () => {
    const member = await givenProvisionedUser(app, owner, 'member');
    expect(await logIn(app, member)).toEqual(expect.any(String));
    await setEnforcement();
    const { email, password } = member;
    const login = await expectStatus(200, app.post('/api/v1/auth/login', { email, password }));
    expect(login.body).toMatchObject({ access_token: null, two_factor_setup_required: true });
  });
});
