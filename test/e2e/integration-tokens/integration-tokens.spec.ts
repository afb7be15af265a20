import { generateKeyPairSync } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import { givenApiKey, callWithApiKey } from '@test/support/auth/api-keys.js';
import {
  getInvalidReason,
  givenIntegrationToken,
  GRANT_REQUEST,
  callIntegration,
  fetchJwks,
  verifyWithJwks,
} from '@test/support/auth/integration-tokens.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  type OrganizationFixture,
  givenOrganization,
  givenOwnerWithId,
} from '@test/support/organizations/given-organizations.js';

/** Returns the token with one claim or header field changed and the old signature. */
function tamperWith(token: string, part: 0 | 1, change: object): string {
  const parts = token.split('.');
  const value = JSON.parse(Buffer.from(parts[part] ?? '', 'base64url').toString()) as object;
  parts[part] = Buffer.from(JSON.stringify({ ...value, ...change })).toString('base64url');
  return parts.join('.');
}

describe('an integration token', () => {
  let app: TestApp;
  let fixture: OrganizationFixture;
  let tenantId: string;

  beforeAll(async () => {
    app = await TestApp.start();
    fixture = await givenOrganization(app);
    tenantId = fixture.organizationId;
  });
  afterAll(() => app.stop());

  const requestGrant = (request: object = {}): Promise<TestResponse> =>
    callIntegration(app, fixture.owner, 'POST grant', { ...GRANT_REQUEST, ...request });

  it('is granted for two minutes by default, in camelCase', async () => {
    const before = app.clock.millis();
    const { status, body } = await requestGrant();
    expect(status).toBe(201);
    expect(body).toEqual({
      token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      tokenType: 'Bearer',
      jti: expect.stringMatching(/^[\da-f-]{36}$/),
      kid: expect.any(String),
      tenantId,
      mode: 'api',
      ...GRANT_REQUEST,
      expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      expiresIn: 120,
    });
    const end = Date.parse(body.expiresAt) - 120_000;
    expect(end).toBeGreaterThan(before - 1000); // tokens end on a whole second
    expect(end).toBeLessThanOrEqual(app.clock.millis());
  });

  it('can be verified with the published key alone', async () => {
    const scopes = ['live:use', 'profile:read'];
    const { body } = await requestGrant({
      mode: 'embed',
      scopes,
      ttlSeconds: 300,
      origin: 'http://localhost:5173',
    });
    const keys = await fetchJwks(app, tenantId);
    expect(keys).toHaveLength(1);
    expect(Object.keys(keys[0] ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']); // no private key
    const { header, claims } = verifyWithJwks(keys, body.token);
    expect(header).toEqual({ alg: 'RS256', typ: 'JWT', kid: keys[0]?.kid });
    const iat = claims.iat as number;
    expect(claims).toEqual({
      iss: expect.stringMatching(/./),
      sub: `embed:${body.jti}`,
      aud: 'xentree:integration',
      tid: tenantId,
      origin: 'http://localhost:5173',
      mode: 'embed',
      scope: 'live:use profile:read',
      jti: body.jti,
      iat: expect.any(Number),
      nbf: iat,
      exp: iat + 300,
    });
    expect(Math.abs(iat * 1000 - app.clock.millis())).toBeLessThan(10_000);
    expect(Math.floor(Date.parse(body.expiresAt) / 1000)).toBe(iat + 300);
    expect(jwt.decode(fixture.owner.accessToken)).toMatchObject({ iss: claims.iss });
    expect((jwt.decode(fixture.owner.accessToken) as jwt.JwtPayload).aud).not.toBe(claims.aud);
  });

  it.each([
    [{ ttlSeconds: 30 }, 30],
    [{ ttlSeconds: 3600 }, 3600],
  ])('has the requested lifetime: %j', async (request, expiresIn) => {
    expect((await expectStatus(201, requestGrant(request))).body.expiresIn).toBe(expiresIn);
  });

  it.each(['https://a.example', 'https://a.example:8443', 'http://localhost', 'https://[2001:db8::1]:8443'])(
    'can be granted for the origin %s',
    async (origin) => {
      expect((await expectStatus(201, requestGrant({ origin }))).body.origin).toBe(origin);
    },
  );

  it.each([
    ['ttlSeconds', [29, 3601, 0, -1, 60.5, '120', null]],
    ['mode', ['live', '', null, ['api']]],
    [
      'scopes',
      [undefined, [], ['profile:write'], ['organizations:read'], ['live:use', 'live:use'], 'live:use'],
    ],
    ['tenantId', ['acme', 7, null, '']],
    ['organization_id', ['0190a0a0-0000-7000-8000-000000000000']],
    ['ttl_seconds', [60]],
    ['sub', ['another-subject']],
  ])('is not granted with an invalid %s', async (path, values) => {
    for (const value of values) {
      const response = await requestGrant({ [path]: value });
      expect([value, ...statusAndCode(response)]).toEqual([value, 400, 'validation_failed']);
      expect(response.body.detail.fields.map((field: { path: string }) => field.path)).toEqual([path]);
    }
  });

  it.each([
    undefined,
    null,
    '',
    ['https://a.example'],
    'partner.example.com',
    'http://a.example',
    'https://a.example/',
    'https://a.example:443',
    'https://*.example.com',
    'https://a.example\n',
    'https://a.example,https://b.example',
    `https://${'a'.repeat(300)}.example`,
  ])('is not granted for %j, which is not one exact origin', async (origin) => {
    const response = await requestGrant({ origin });
    expect(statusAndCode(response)).toEqual([400, 'validation_failed']);
    expect(response.body.detail.fields[0].path).toBe('origin');
  });

  it('is not a credential for the API, and an access token is not an integration token', async () => {
    const { token } = await givenIntegrationToken(app, fixture.owner, {
      scopes: ['profile:read', 'quota:read', 'live:use'],
    });
    for (const path of ['/api/auth/me', '/api/v1/users/me', '/api/organizations', '/api/v1/organization']) {
      expect(statusAndCode(await app.get(path, { token }))).toEqual([401, 'token_invalid']);
      expect(statusAndCode(await app.get(path, { headers: { 'x-api-key': token } }))).toEqual([
        401,
        'token_invalid',
      ]);
    }
    expect(statusAndCode(await app.post('/api/auth/refresh', undefined, { token }))).toEqual([
      401,
      'token_invalid',
    ]);
    const access = fixture.owner.accessToken;
    expect(await getInvalidReason(app, fixture.owner, { token: access, tenantId })).toBe('unknown_token');
  });

  it('is valid with its claims; a forged or changed token is unknown', async () => {
    const given = await givenIntegrationToken(app, fixture.owner);
    const { body } = await expectStatus(
      200,
      callIntegration(app, fixture.owner, 'POST verify', { token: given.token, tenantId }),
    );
    const { claims } = verifyWithJwks(await fetchJwks(app, tenantId), given.token);
    expect(body).toEqual({ valid: true, revoked: false, claims });

    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const forged = jwt.sign(claims, privateKey, { algorithm: 'RS256', keyid: given.kid });
    const [pem] = (await fetchJwks(app, tenantId)).map((key) => JSON.stringify(key));
    const confused = jwt.sign(claims, pem ?? '', { algorithm: 'HS256', keyid: given.kid });
    const { token } = given;
    const invalidTokens = [
      ...['nonsense', 'a.b.c', '..', '{}', `${token}x`, `${token}.`, token.slice(0, -2), token.toUpperCase()],
      ...[forged, confused, jwt.sign(claims, '', { algorithm: 'none', keyid: given.kid })],
      ...[
        { exp: 4_000_000_000 },
        { scope: 'live:use' },
        { origin: 'https://evil.example' },
        { jti: given.kid },
      ].map((change) => tamperWith(token, 1, change)),
      ...[{ alg: 'none' }, { alg: 'HS256' }, { kid: 'other' }, { kid: null }].map((change) =>
        tamperWith(token, 0, change),
      ),
    ];
    for (const wrong of invalidTokens) {
      const result = await expectStatus(
        200,
        callIntegration(app, fixture.owner, 'POST verify', { token: wrong, tenantId }),
      );
      expect([wrong, result.body]).toEqual([
        wrong,
        { valid: false, revoked: false, reason: 'unknown_token' },
      ]);
    }
  });

  it.each([
    ['token', { token: undefined }],
    ['token', { token: '' }],
    ['token', { token: 7 }],
    ['token', { token: 'x'.repeat(4097) }],
    ['tenantId', { tenantId: undefined }],
    ['tenantId', { tenantId: 'acme' }],
    ['integrationToken', { integrationToken: 'x' }],
  ])('is not verified with an invalid %s: %j', async (path, change) => {
    const body = { token: 'a.b.c', tenantId, ...change };
    const response = await callIntegration(app, fixture.owner, 'POST verify', body);
    expect(statusAndCode(response)).toEqual([400, 'validation_failed']);
    expect(response.body.detail.fields.map((field: { path: string }) => field.path)).toEqual([path]);
  });

  it('is expired from the second in its claims', async () => {
    const own = await givenOwnerWithId(app);
    const given = await givenIntegrationToken(app, own, { ttlSeconds: 600 });
    app.clock.advance(590);
    expect(await getInvalidReason(app, own, given)).toBeNull();
    app.clock.advance(10);
    const { tenantId: tenant, token } = given;
    const { body } = await callIntegration(app, own, 'POST verify', { token, tenantId: tenant });
    expect(body).toEqual({
      valid: false,
      revoked: false,
      reason: 'expired',
      claims: expect.objectContaining({ jti: given.jti }),
    });
  });

  it('can be granted, revoked and rotated by admins, and verified by every member', async () => {
    const fresh = await givenOrganization(app);
    const { token, jti, tenantId: tenant } = await givenIntegrationToken(app, fresh.admin);
    for (const role of ['owner', 'admin', 'team_manager', 'member'] as const)
      expect(await getInvalidReason(app, fresh[role], { token, tenantId: tenant })).toBeNull();
    const weak = [403, 'role_insufficient'];
    for (const role of ['team_manager', 'member'] as const) {
      expect(statusAndCode(await callIntegration(app, fresh[role], 'POST grant', GRANT_REQUEST))).toEqual(
        weak,
      );
      expect(
        statusAndCode(await callIntegration(app, fresh[role], 'POST revoke', { tenantId: tenant, jti })),
      ).toEqual(weak);
      expect(
        statusAndCode(await callIntegration(app, fresh[role], 'POST rotate', { integrationToken: token })),
      ).toEqual(weak);
      expect(statusAndCode(await callIntegration(app, fresh[role], 'POST keys/rotate', {}))).toEqual(weak);
      const list = 'GET /api/admin/integration-token-revocations';
      expect(statusAndCode(await callIntegration(app, fresh[role], list))).toEqual(weak);
    }
    expect(await getInvalidReason(app, fresh.member, { token, tenantId: tenant })).toBeNull();
  });

  it('can be managed with one scope of an API key and verified with the other', async () => {
    const fresh = await givenOrganization(app);
    const at = { organizationId: fresh.organizationId };
    const writes = await givenApiKey(app, { ...at, by: fresh.admin, scopes: ['integrations:write'] });
    const reads = await givenApiKey(app, { ...at, by: fresh.member, scopes: ['integrations:read'] });
    const made = await expectStatus(
      201,
      callWithApiKey(app, writes, 'POST /api/integration/grant', GRANT_REQUEST),
    );
    expect(made.body.tenantId).toBe(fresh.organizationId);
    const asked = { token: made.body.token, tenantId: fresh.organizationId };
    const result = await expectStatus(200, callWithApiKey(app, reads, 'POST /api/integration/verify', asked));
    expect(result.body.valid).toBe(true);
    const lacks = [403, 'insufficient_api_key_scope'];
    expect(statusAndCode(await callWithApiKey(app, writes, 'POST /api/integration/verify', asked))).toEqual(
      lacks,
    );
    for (const path of ['grant', 'revoke', 'rotate', 'keys/rotate'])
      expect(
        statusAndCode(await callWithApiKey(app, reads, `POST /api/integration/${path}`, GRANT_REQUEST)),
      ).toEqual(lacks);
    const list = 'GET /api/admin/integration-token-revocations';
    expect(statusAndCode(await callWithApiKey(app, writes, list))).toEqual([403, 'bearer_required']);
    const role = { role: 'member' };
    const member = `/api/organizations/${fresh.organizationId}/members/${fresh.admin.id}`;
    await expectStatus(200, app.patch(member, role, { token: fresh.owner.accessToken }));
    expect(
      statusAndCode(await callWithApiKey(app, writes, 'POST /api/integration/grant', GRANT_REQUEST)),
    ).toEqual(lacks);
  });
});
