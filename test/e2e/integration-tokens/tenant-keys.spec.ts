import { SecretRotation } from '@/platform/crypto/index.js';
import { SECRET, TestApp, type Answer } from '@test/support/app/test-app.js';
import { dump } from '@test/support/database/database-dump.js';
import { expectStatus } from '@test/support/auth/given-users.js';
import {
  fingerprint,
  flawOf,
  givenToken,
  GRANT,
  integration,
  jwksOf,
  readWith,
} from '@test/support/auth/integration-tokens.js';
import {
  givenFounder,
  logIn,
  type Person,
  refusal,
  together,
  UNKNOWN_ID,
} from '@test/support/organizations/given-organizations.js';

const HOUR = 3600;
const DAY = 24 * HOUR;
const NEW_SECRET = 'a second root key that the operator made for the rotation';

describe('the key pair of a tenant', () => {
  let app: TestApp;
  let beside: TestApp | undefined;
  let owner: Person & { organizationId: string };
  let tenantId: string;

  beforeAll(async () => {
    app = await TestApp.start();
  });
  beforeEach(async () => {
    owner = await givenFounder(app);
    tenantId = owner.organizationId;
  });
  afterEach(async () => {
    await beside?.stop();
    beside = undefined;
  });
  afterAll(() => app.stop());

  const fingerprintOf = (id: string, node = app): Promise<Answer> =>
    node.get(`/api/integration/fingerprint?tenantId=${id}`);
  const kids = async (): Promise<string[]> => (await jwksOf(app, tenantId)).map(({ kid }) => kid);
  const rotate = (body?: object): Promise<Answer> => integration(app, owner, 'POST keys/rotate', body);
  async function pairs(): Promise<{ kid: string; retired_at: Date | null }[]> {
    const text = 'SELECT kid, retired_at FROM integration_keys WHERE organization_id = $1 ORDER BY id';
    return app.sql(text, [tenantId]);
  }

  it('is not made by looking', async () => {
    for (const id of [tenantId, UNKNOWN_ID]) {
      expect(await jwksOf(app, id)).toEqual([]);
      expect(refusal(await fingerprintOf(id))).toEqual([404, 'integration_key_not_found']);
    }
    const { body } = await integration(app, owner, 'POST verify', { token: 'a.b.c', tenantId });
    expect(body.valid).toBe(false);
    expect(await pairs()).toEqual([]);
    for (const query of [
      '',
      '?tenantId=',
      '?tenantId=acme',
      `?tenantId=${tenantId}&tenantId=${tenantId}`,
      '?tenant_id=x',
    ])
      for (const path of ['jwks', 'fingerprint'])
        expect(refusal(await app.get(`/api/integration/${path}${query}`))).toEqual([
          400,
          'validation_failed',
        ]);
  });

  it('is shown to everybody, whatever credentials they send along', async () => {
    const { kid, token } = await givenToken(app, owner);
    const [jwk] = await jwksOf(app, tenantId);
    expect(jwk).toEqual({
      kty: 'RSA',
      alg: 'RS256',
      use: 'sig',
      kid,
      n: expect.stringMatching(/^[\w-]{342}$/), // 2048 bits
      e: 'AQAB',
    });
    const shown = await expectStatus(200, fingerprintOf(tenantId));
    const expected = fingerprint(jwk as never);
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
    expect(readWith(await jwksOf(app, tenantId), token).claims.tid).toBe(tenantId);
  });

  it('is one pair after 20 first grants at once on two nodes, and all tokens hold', async () => {
    const other = (beside = await TestApp.start({ beside: app }));
    const answers = await together(20, (index) =>
      integration(index % 2 ? app : other, owner, 'POST grant', GRANT),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201));
    const [pair, ...more] = await pairs();
    expect(more).toEqual([]);
    const keys = await jwksOf(other, tenantId);
    expect(keys.map(({ kid }) => kid)).toEqual([pair?.kid]);
    for (const { body } of answers) expect(readWith(keys, body.token).claims.jti).toBe(body.jti);
    expect(new Set(answers.map(({ body }) => body.jti)).size).toBe(20);
  });

  it('is its own for each tenant: no token of one holds in another', async () => {
    const token = await givenToken(app, owner);
    const stranger = await givenFounder(app);
    const theirs = await givenToken(app, stranger);
    expect(theirs.kid).not.toBe(token.kid);
    expect(() => readWith([], token.token)).toThrow();
    const keys = await jwksOf(app, stranger.organizationId);
    expect(() => readWith(keys, token.token)).toThrow('No published key');
    const foreign = { token: token.token, tenantId: stranger.organizationId };
    expect(await flawOf(app, stranger, foreign)).toBe('unknown_token');
  });

  it('is replaced on demand; the old one is published an hour longer, and its tokens live to their end', async () => {
    const old = await givenToken(app, owner, { ttlSeconds: HOUR });
    const before = app.clock.millis();
    const { body } = await expectStatus(200, rotate({}));
    expect(body).toEqual({
      ...(await fingerprintOf(tenantId)).body,
      previousKid: old.kid,
      previousUntil: expect.any(String),
    });
    const until = Date.parse(body.previousUntil);
    expect(until).toBeGreaterThanOrEqual(before + HOUR * 1000);
    expect(until).toBeLessThanOrEqual(app.clock.millis() + HOUR * 1000);
    expect(await kids()).toEqual([body.kid, old.kid]);
    expect(body.fingerprint).toBe(fingerprint((await jwksOf(app, tenantId))[0] as never));
    const fresh = await givenToken(app, owner, { ttlSeconds: HOUR });
    expect(fresh.kid).toBe(body.kid);
    app.clock.advance(HOUR - 20);
    owner.accessToken = await logIn(app, owner);
    expect([await flawOf(app, owner, old), await flawOf(app, owner, fresh)]).toEqual([null, null]);
    readWith(await jwksOf(app, tenantId), old.token);
    app.clock.advance(21);
    expect(await kids()).toEqual([body.kid]);
    expect(await flawOf(app, owner, old)).not.toBeNull();
    expect(() => readWith([], old.token)).toThrow();
  });

  it('can be made by a rotation, which then has nothing to replace', async () => {
    const { body } = await expectStatus(200, rotate());
    expect([body.tenantId, body.previousKid, body.previousUntil]).toEqual([tenantId, null, null]);
    expect(await kids()).toEqual([body.kid]);
    expect((await givenToken(app, owner)).kid).toBe(body.kid);
    expect(refusal(await rotate({ kid: 'x' }))).toEqual([400, 'validation_failed']);
  });

  it('has one active half at any time, also when ten rotate it while others are granted tokens', async () => {
    await givenToken(app, owner);
    const other = (beside = await TestApp.start({ beside: app }));
    const act = (index: number): Promise<Answer> => {
      const node = index % 2 ? app : other;
      return index < 10
        ? integration(node, owner, 'POST keys/rotate', {})
        : integration(node, owner, 'POST grant', GRANT);
    };
    const answers = await together(20, act);
    expect(answers.filter(({ status }) => status >= 300).map(refusal)).toEqual([]);
    expect((await pairs()).filter(({ retired_at }) => retired_at === null)).toHaveLength(1);
    const keys = await jwksOf(app, tenantId);
    for (const { body } of answers.slice(10)) {
      expect(readWith(keys, body.token).claims.jti).toBe(body.jti);
      expect(await flawOf(app, owner, body)).toBeNull();
    }
  });

  it('is replaced by itself after 90 days, with the same overlap', async () => {
    const first = await givenToken(app, owner);
    app.clock.advance(90 * DAY - 120);
    owner.accessToken = await logIn(app, owner);
    const last = await givenToken(app, owner, { ttlSeconds: HOUR });
    expect(last.kid).toBe(first.kid);
    app.clock.advance(130);
    expect(await kids()).toEqual([first.kid]); // looking replaces nothing
    const next = await givenToken(app, owner, { ttlSeconds: HOUR });
    expect(next.kid).not.toBe(first.kid);
    expect(await kids()).toEqual([next.kid, first.kid]);
    expect(await flawOf(app, owner, last)).toBeNull();
    app.clock.advance(HOUR + 1);
    expect(await kids()).toEqual([next.kid]);
    expect(await pairs()).toHaveLength(2);
  });

  it('is sealed at rest', async () => {
    await givenToken(app, owner);
    const rows = await app.sql<{ pem: Buffer }>(
      'SELECT private_key AS pem FROM integration_keys WHERE organization_id = $1',
      [tenantId],
    );
    expect(rows).toHaveLength(1);
    const bytes = rows[0]?.pem ?? Buffer.alloc(0);
    expect(bytes.length).toBeGreaterThan(1000);
    const { text } = await dump(app);
    for (const word of ['PRIVATE KEY', 'BEGIN RSA'])
      for (const written of [word, Buffer.from(word).toString('hex')]) {
        expect(text).not.toContain(written);
        expect(bytes.toString('latin1')).not.toContain(written);
      }
    // What every PKCS#8 file of an RSA key holds: the object identifier rsaEncryption, before a version of zero.
    expect(bytes.includes(Buffer.from('300d06092a864886f70d0101010500', 'hex'))).toBe(false);
  });

  it('goes on signing under a new APP_SECRET, also when the old one is forgotten', async () => {
    const old = await givenToken(app, owner, { ttlSeconds: HOUR });
    const env = { APP_SECRET: NEW_SECRET, APP_SECRET_PREVIOUS: SECRET };
    const rotating = await TestApp.start({ beside: app, env });
    const during = await givenToken(rotating, owner);
    await rotating.app.get(SecretRotation).run();
    await logIn(rotating, owner); // also hashes the password anew
    await rotating.stop();
    beside = await TestApp.start({ beside: app, env: { APP_SECRET: NEW_SECRET } });
    owner.accessToken = await logIn(beside, owner);
    const after = await givenToken(beside, owner);
    expect([during.kid, after.kid]).toEqual([old.kid, old.kid]);
    const keys = await jwksOf(beside, tenantId);
    for (const token of [old, during, after]) {
      expect(readWith(keys, token.token).claims.jti).toBe(token.jti);
      expect(await flawOf(beside, owner, token)).toBeNull();
    }
  });
});
