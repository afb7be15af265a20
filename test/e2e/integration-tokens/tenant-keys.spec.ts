import { SecretRotation } from '@/platform/crypto/index.js';
import { TestApp, type TestResponse } from '@test/support/app/test-app.js';
import { TEST_APP_SECRET } from '@test/support/app/test-secret.js';
import {
  computeFingerprint,
  getInvalidReason,
  givenIntegrationToken,
  GRANT_REQUEST,
  callIntegration,
  fetchJwks,
  verifyWithJwks,
} from '@test/support/auth/integration-tokens.js';
import { dumpDatabase } from '@test/support/database/database-dump.js';
import { expectStatus, statusAndCode } from '@test/support/http/responses.js';
import {
  givenOwnerWithId,
  logIn,
  type UserWithId,
  inParallel,
  UNKNOWN_ID,
} from '@test/support/organizations/given-organizations.js';

const HOUR_SECONDS = 3600;
const DAY_SECONDS = 24 * HOUR_SECONDS;
const NEW_SECRET = 'a second root key that the operator made for the rotation';

describe('the key pair of a tenant', () => {
  let app: TestApp;
  let sibling: TestApp | undefined;
  let owner: UserWithId & { organizationId: string };
  let tenantId: string;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(async () => {
    owner = await givenOwnerWithId(app);
    tenantId = owner.organizationId;
  });
  afterEach(async () => {
    await sibling?.stop();
    sibling = undefined;
  });
  afterAll(() => app.stop());

  const getFingerprint = (id: string, node = app): Promise<TestResponse> =>
    node.get(`/api/integration/fingerprint?tenantId=${id}`);
  const listKeyIds = async (): Promise<string[]> => (await fetchJwks(app, tenantId)).map(({ kid }) => kid);
  const rotateKeys = (body?: object): Promise<TestResponse> =>
    callIntegration(app, owner, 'POST keys/rotate', body);
  async function fetchActiveKey() {
    const [key] = await fetchJwks(app, tenantId);
    if (!key) throw new Error('The tenant has no published key.');
    return key;
  }
  async function storedKeyPairs(): Promise<{ kid: string; retired_at: Date | null }[]> {
    const text = 'SELECT kid, retired_at FROM integration_keys WHERE organization_id = $1 ORDER BY id';
    return app.sql(text, [tenantId]);
  }

  it('is not created by reading or verifying', async () => {
    for (const id of [tenantId, UNKNOWN_ID]) {
      expect(await fetchJwks(app, id)).toEqual([]);
      expect(statusAndCode(await getFingerprint(id))).toEqual([404, 'integration_key_not_found']);
    }
    const { body } = await callIntegration(app, owner, 'POST verify', { token: 'a.b.c', tenantId });
    expect(body.valid).toBe(false);
    expect(await storedKeyPairs()).toEqual([]);
    for (const query of [
      '',
      '?tenantId=',
      '?tenantId=acme',
      `?tenantId=${tenantId}&tenantId=${tenantId}`,
      '?tenant_id=x',
    ])
      for (const path of ['jwks', 'fingerprint'])
        expect(statusAndCode(await app.get(`/api/integration/${path}${query}`))).toEqual([
          400,
          'validation_failed',
        ]);
  });

  it('is published to every client, also with invalid credentials', async () => {
    const { kid, token } = await givenIntegrationToken(app, owner);
    const jwk = await fetchActiveKey();
    expect(jwk).toEqual({
      kty: 'RSA',
      alg: 'RS256',
      use: 'sig',
      kid,
      n: expect.stringMatching(/^[\w-]{342}$/), // 2048 bits
      e: 'AQAB',
    });
    const shown = await expectStatus(200, getFingerprint(tenantId));
    const expected = computeFingerprint(jwk);
    expect(expected).toMatch(/^([\dA-F]{2}:){31}[\dA-F]{2}$/);
    expect(shown.body).toEqual({ tenantId, kid, algorithm: 'SHA-256', fingerprint: expected });
    for (const headers of [{ authorization: 'Bearer nonsense' }, { 'x-api-key': 'nonsense' }] as Record<
      string,
      string
    >[])
      for (const path of ['jwks', 'fingerprint'])
        await expectStatus(
          200,
          app.get(`/api/integration/${path}?tenantId=${tenantId.toUpperCase()}`, { headers }),
        );
    expect(verifyWithJwks(await fetchJwks(app, tenantId), token).claims.tid).toBe(tenantId);
  });

  it('is created once by 20 concurrent first grants on two nodes, and verifies all tokens', async () => {
    const other = (sibling = await TestApp.start({ siblingOf: app }));
    const responses = await inParallel(20, (index) =>
      callIntegration(index % 2 ? app : other, owner, 'POST grant', GRANT_REQUEST),
    );
    expect(responses.map(({ status }) => status)).toEqual(Array(20).fill(201));
    const [pair, ...more] = await storedKeyPairs();
    expect(more).toEqual([]);
    const keys = await fetchJwks(other, tenantId);
    expect(keys.map(({ kid }) => kid)).toEqual([pair?.kid]);
    for (const { body } of responses) expect(verifyWithJwks(keys, body.token).claims.jti).toBe(body.jti);
    expect(new Set(responses.map(({ body }) => body.jti)).size).toBe(20);
  });

  it('is different for each tenant: a token of one is unknown in another', async () => {
    const token = await givenIntegrationToken(app, owner);
    const stranger = await givenOwnerWithId(app);
    const theirs = await givenIntegrationToken(app, stranger);
    expect(theirs.kid).not.toBe(token.kid);
    expect(() => verifyWithJwks([], token.token)).toThrow();
    const keys = await fetchJwks(app, stranger.organizationId);
    expect(() => verifyWithJwks(keys, token.token)).toThrow('No published key');
    const foreign = { token: token.token, tenantId: stranger.organizationId };
    expect(await getInvalidReason(app, stranger, foreign)).toBe('unknown_token');
  });

  it('can be replaced; the old public key is published for one more hour and verifies its tokens', async () => {
    const old = await givenIntegrationToken(app, owner, { ttlSeconds: HOUR_SECONDS });
    const before = app.clock.millis();
    const { body } = await expectStatus(200, rotateKeys({}));
    expect(body).toEqual({
      ...(await getFingerprint(tenantId)).body,
      previousKid: old.kid,
      previousUntil: expect.any(String),
    });
    const until = Date.parse(body.previousUntil);
    expect(until).toBeGreaterThanOrEqual(before + HOUR_SECONDS * 1000);
    expect(until).toBeLessThanOrEqual(app.clock.millis() + HOUR_SECONDS * 1000);
    expect(await listKeyIds()).toEqual([body.kid, old.kid]);
    expect(body.fingerprint).toBe(computeFingerprint(await fetchActiveKey()));
    const fresh = await givenIntegrationToken(app, owner, { ttlSeconds: HOUR_SECONDS });
    expect(fresh.kid).toBe(body.kid);
    app.clock.advance(HOUR_SECONDS - 20);
    owner.accessToken = await logIn(app, owner);
    expect([await getInvalidReason(app, owner, old), await getInvalidReason(app, owner, fresh)]).toEqual([
      null,
      null,
    ]);
    verifyWithJwks(await fetchJwks(app, tenantId), old.token);
    app.clock.advance(21);
    expect(await listKeyIds()).toEqual([body.kid]);
    expect(await getInvalidReason(app, owner, old)).not.toBeNull();
    expect(() => verifyWithJwks([], old.token)).toThrow();
  });

  it('is created by a rotation when the tenant has none', async () => {
    const { body } = await expectStatus(200, rotateKeys());
    expect([body.tenantId, body.previousKid, body.previousUntil]).toEqual([tenantId, null, null]);
    expect(await listKeyIds()).toEqual([body.kid]);
    expect((await givenIntegrationToken(app, owner)).kid).toBe(body.kid);
    expect(statusAndCode(await rotateKeys({ kid: 'x' }))).toEqual([400, 'validation_failed']);
  });

  it('has one active key after ten concurrent rotations and ten concurrent grants', async () => {
    await givenIntegrationToken(app, owner);
    const other = (sibling = await TestApp.start({ siblingOf: app }));
    const act = (index: number): Promise<TestResponse> => {
      const node = index % 2 ? app : other;
      return index < 10
        ? callIntegration(node, owner, 'POST keys/rotate', {})
        : callIntegration(node, owner, 'POST grant', GRANT_REQUEST);
    };
    const responses = await inParallel(20, act);
    expect(responses.filter(({ status }) => status >= 300).map(statusAndCode)).toEqual([]);
    expect((await storedKeyPairs()).filter(({ retired_at }) => retired_at === null)).toHaveLength(1);
    const keys = await fetchJwks(app, tenantId);
    for (const { body } of responses.slice(10)) {
      expect(verifyWithJwks(keys, body.token).claims.jti).toBe(body.jti);
      expect(await getInvalidReason(app, owner, body)).toBeNull();
    }
  });

  it('is replaced by the first grant after 90 days, with the same overlap', async () => {
    const first = await givenIntegrationToken(app, owner);
    app.clock.advance(90 * DAY_SECONDS - 120);
    owner.accessToken = await logIn(app, owner);
    const last = await givenIntegrationToken(app, owner, { ttlSeconds: HOUR_SECONDS });
    expect(last.kid).toBe(first.kid);
    app.clock.advance(130);
    expect(await listKeyIds()).toEqual([first.kid]); // reading replaces nothing
    const next = await givenIntegrationToken(app, owner, { ttlSeconds: HOUR_SECONDS });
    expect(next.kid).not.toBe(first.kid);
    expect(await listKeyIds()).toEqual([next.kid, first.kid]);
    expect(await getInvalidReason(app, owner, last)).toBeNull();
    app.clock.advance(HOUR_SECONDS + 1);
    expect(await listKeyIds()).toEqual([next.kid]);
    expect(await storedKeyPairs()).toHaveLength(2);
  });

  it('is encrypted at rest', async () => {
    await givenIntegrationToken(app, owner);
    const rows = await app.sql<{ pem: Buffer }>(
      'SELECT private_key AS pem FROM integration_keys WHERE organization_id = $1',
      [tenantId],
    );
    expect(rows).toHaveLength(1);
    const bytes = rows[0]?.pem ?? Buffer.alloc(0);
    expect(bytes.length).toBeGreaterThan(1000);
    const { text } = await dumpDatabase(app);
    for (const word of ['PRIVATE KEY', 'BEGIN RSA'])
      for (const written of [word, Buffer.from(word).toString('hex')]) {
        expect(text).not.toContain(written);
        expect(bytes.toString('latin1')).not.toContain(written);
      }
    // What every PKCS#8 file of an RSA key holds: the object identifier rsaEncryption, before a version of zero.
    expect(bytes.includes(Buffer.from('300d06092a864886f70d0101010500', 'hex'))).toBe(false);
  });

  it('still signs after a rotation of APP_SECRET, also when the old secret is removed', async () => {
    const old = await givenIntegrationToken(app, owner, { ttlSeconds: HOUR_SECONDS });
    const env = { APP_SECRET: NEW_SECRET, APP_SECRET_PREVIOUS: TEST_APP_SECRET };
    const rotating = await TestApp.start({ siblingOf: app, env });
    const during = await givenIntegrationToken(rotating, owner);
    await rotating.nest.get(SecretRotation).run();
    await logIn(rotating, owner); // also rehashes the password
    await rotating.stop();
    sibling = await TestApp.start({ siblingOf: app, env: { APP_SECRET: NEW_SECRET } });
    owner.accessToken = await logIn(sibling, owner);
    const after = await givenIntegrationToken(sibling, owner);
    expect([during.kid, after.kid]).toEqual([old.kid, old.kid]);
    const keys = await fetchJwks(sibling, tenantId);
    for (const token of [old, during, after]) {
      expect(verifyWithJwks(keys, token.token).claims.jti).toBe(token.jti);
      expect(await getInvalidReason(sibling, owner, token)).toBeNull();
    }
  });
});
