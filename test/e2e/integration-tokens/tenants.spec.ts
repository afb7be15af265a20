import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import { givenApiKey, callWithApiKey } from '@test/support/auth/api-keys.js';
import {
  getInvalidReason,
  givenIntegrationToken,
  GRANT_REQUEST,
  callIntegration,
  fetchJwks,
} from '@test/support/auth/integration-tokens.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  givenOwnerWithId,
  givenMember,
  givenUserWithId,
  type UserWithId,
  UNKNOWN_ID,
} from '@test/support/organizations/given-organizations.js';

const REVOCATIONS_ROUTE = 'GET /api/admin/integration-token-revocations';

describe('the tenant of an integration token', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  afterAll(() => app.stop());

  async function createOrganization(by: UserWithId, name: string): Promise<string> {
    const request = app.post('/api/organizations', { name }, { token: by.accessToken });
    return (await expectStatus(201, request)).body.id;
  }

  async function grantedTenantId(by: UserWithId, request: object = {}): Promise<string> {
    return (await givenIntegrationToken(app, by, request)).tenantId;
  }

  /** Every request in which the tenant is optional. */
  const ROUTES_WITHOUT_TENANT: [string, object | undefined][] = [
    ['POST grant', GRANT_REQUEST],
    ['POST keys/rotate', {}],
    ['POST keys/rotate', undefined],
    ['POST revoke', { jti: UNKNOWN_ID }],
    [REVOCATIONS_ROUTE, undefined],
  ];

  it('is the organization of a user with only one', async () => {
    const person = await givenUserWithId(app);
    for (const [route, body] of ROUTES_WITHOUT_TENANT)
      expect([route, ...statusAndCode(await callIntegration(app, person, route, body))]).toEqual([
        route,
        400,
        'no_organization',
      ]);
    const id = await createOrganization(person, 'Only');
    expect(await grantedTenantId(person)).toBe(id);
  });

  it('is the primary organization of a user with several, if the request names none', async () => {
    const person = await givenUserWithId(app);
    const [one, two] = [await createOrganization(person, 'One'), await createOrganization(person, 'Two')];
    const token = await expectStatus(201, callIntegration(app, person, 'POST grant', GRANT_REQUEST));
    expect(token.body.tenantId).toBe(one);
    const rotation = { integrationToken: token.body.token };
    const rotated = await expectStatus(201, callIntegration(app, person, 'POST rotate', rotation));
    expect(rotated.body.tenantId).toBe(one);
    for (const id of [one, two]) {
      expect(await grantedTenantId(person, { tenantId: id })).toBe(id);
      expect(await grantedTenantId(person, { tenantId: id.toUpperCase() })).toBe(id);
    }
    const choice = { organization_id: two };
    await expectStatus(200, app.patch('/api/auth/me', choice, { token: person.accessToken }));
    expect(await grantedTenantId(person)).toBe(two);
    expect(await grantedTenantId(person, { tenantId: one })).toBe(one);
  });

  it('is the home organization of a user whom another organization has added', async () => {
    const [owner, stranger] = [await givenOwnerWithId(app), await givenOwnerWithId(app)];
    const add = { user_id: owner.id, role: 'admin' };
    const members = `/api/organizations/${stranger.organizationId}/members`;
    await expectStatus(201, app.post(members, add, { token: stranger.accessToken }));
    expect(await grantedTenantId(owner)).toBe(owner.organizationId);
    await createOrganization(owner, 'Another');
    expect(await grantedTenantId(owner)).toBe(owner.organizationId);
  });

  it('is the tenant of the token that is rotated or revoked', async () => {
    const person = await givenUserWithId(app);
    const [one, two] = [await createOrganization(person, 'One'), await createOrganization(person, 'Two')];
    const tokens = [
      await givenIntegrationToken(app, person, { tenantId: one }),
      await givenIntegrationToken(app, person, { tenantId: two }),
    ];
    for (const { token, tenantId } of tokens) {
      const next = await expectStatus(
        201,
        callIntegration(app, person, 'POST rotate', { integrationToken: token }),
      );
      expect(next.body.tenantId).toBe(tenantId);
      await expectStatus(
        200,
        callIntegration(app, person, 'POST revoke', { integrationToken: next.body.token }),
      );
      expect(await getInvalidReason(app, person, next.body)).toBe('manual-revoke');
    }
    const [first] = tokens;
    const crossed = { integrationToken: first?.token, tenantId: two };
    for (const route of ['POST rotate', 'POST revoke'])
      expect(statusAndCode(await callIntegration(app, person, route, crossed))).toEqual([
        404,
        'integration_token_not_found',
      ]);
  });

  it('is the organization of the API key, and no other', async () => {
    const person = await givenUserWithId(app);
    const [one, two] = [await createOrganization(person, 'One'), await createOrganization(person, 'Two')];
    const scopes = ['integrations:write' as const, 'integrations:read' as const];
    const key = await givenApiKey(app, { organizationId: two, by: person, scopes });
    const made = await expectStatus(
      201,
      callWithApiKey(app, key, 'POST /api/integration/grant', GRANT_REQUEST),
    );
    expect(made.body.tenantId).toBe(two);
    const { token: integrationToken } = await givenIntegrationToken(app, person, { tenantId: one });
    const hidden = [404, 'organization_not_found'];
    for (const [path, body] of [
      ['grant', { ...GRANT_REQUEST, tenantId: one }],
      ['verify', { token: integrationToken, tenantId: one }],
      ['rotate', { integrationToken }],
      ['revoke', { integrationToken }],
      ['keys/rotate', { tenantId: one }],
    ] as [string, object][])
      expect([
        path,
        ...statusAndCode(await callWithApiKey(app, key, `POST /api/integration/${path}`, body)),
      ]).toEqual([path, ...hidden]);
  });

  it('is not found by users outside it on any route, and is not changed', async () => {
    const owner = await givenOwnerWithId(app);
    const { organizationId: tenantId } = owner;
    const { token, jti, kid } = await givenIntegrationToken(app, owner);
    const elsewhere = await givenOwnerWithId(app);
    const at = { organizationId: elsewhere.organizationId, by: elsewhere };
    const outsiders = [elsewhere, await givenMember(app, at), await givenUserWithId(app)];
    const calls: [string, object | undefined][] = [
      ['POST grant', { ...GRANT_REQUEST, tenantId }],
      ['POST verify', { token, tenantId }],
      ['POST revoke', { tenantId, jti }],
      ['POST revoke', { integrationToken: token }],
      ['POST rotate', { integrationToken: token }],
      ['POST rotate', { integrationToken: token, tenantId }],
      ['POST keys/rotate', { tenantId }],
      [`${REVOCATIONS_ROUTE}?tenantId=${tenantId}`, undefined],
    ];
    for (const outsider of outsiders)
      for (const [route, body] of calls) {
        const [foreign, missing] = [
          body,
          body && JSON.parse(JSON.stringify(body).replace(tenantId, UNKNOWN_ID)),
        ];
        const hidden = statusAndCode(await callIntegration(app, outsider, route, foreign));
        expect([route, ...hidden]).toEqual([route, 404, 'organization_not_found']);
        if ('tenantId' in (missing ?? {}))
          expect(statusAndCode(await callIntegration(app, outsider, route, missing))).toEqual(hidden); // indistinguishable from an unknown tenant
      }
    expect(await getInvalidReason(app, owner, { token, tenantId })).toBeNull();
    expect((await fetchJwks(app, tenantId)).map((key) => key.kid)).toEqual([kid]);
  });

  it('is not considered without credentials', async () => {
    const { organizationId: tenantId } = await givenOwnerWithId(app);
    for (const [route, body] of [
      ...ROUTES_WITHOUT_TENANT,
      ['POST verify', { token: 'a.b.c', tenantId }],
    ] as typeof ROUTES_WITHOUT_TENANT) {
      const [method, path] = route.split(' ') as [string, string];
      const response: TestResponse = await app.call(
        method,
        path.startsWith('/') ? path : `/api/integration/${path}`,
        { body },
      );
      expect([route, ...statusAndCode(response)]).toEqual([route, 401, 'token_invalid']);
    }
  });

  it('replays a response only to the caller who used the same Idempotency-Key', async () => {
    const owner = await givenOwnerWithId(app);
    const headers = { 'idempotency-key': 'one-grant' };
    const grant = (by: UserWithId): Promise<TestResponse> =>
      app.post('/api/integration/grant', GRANT_REQUEST, { token: by.accessToken, headers });
    const first = await expectStatus(201, grant(owner));
    const again = await expectStatus(201, grant(owner));
    expect([again.headers['idempotent-replayed'], again.body]).toEqual(['true', first.body]);
    const other = await expectStatus(201, grant(await givenOwnerWithId(app)));
    expect(other.headers['idempotent-replayed']).toBeUndefined();
    expect(other.body.jti).not.toBe(first.body.jti);
  });
});
