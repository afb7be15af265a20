import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { SecretRotation } from '@/platform/crypto/index.js';
import { TestApp } from '@test/support/app/test-app.js';
import { TEST_APP_SECRET } from '@test/support/app/test-secret.js';
import { givenUser, PASSWORD, getTempToken, totpCode } from '@test/support/auth/given-users.js';
import { expectStatus } from '@test/support/http/responses.js';

const NEW_SECRET = 'a second root key that the operator made for the rotation';
const ROTATED_SECRETS = { APP_SECRET: NEW_SECRET, APP_SECRET_PREVIOUS: TEST_APP_SECRET };

describe('a new APP_SECRET, with the old one as APP_SECRET_PREVIOUS', () => {
  let oldNode: TestApp;
  let newNode: TestApp;

  beforeAll(async () => {
    oldNode = await TestApp.start();
  });
  afterAll(() => oldNode.stop());
  afterEach(() => newNode.stop());

  async function startWithNewSecret(): Promise<void> {
    newNode = await TestApp.start({ siblingOf: oldNode, env: ROTATED_SECRETS });
  }

  it('keeps sessions: access tokens stay valid, and refresh tokens rotate as before', async () => {
    const { accessToken: token, refreshToken } = await givenUser(oldNode);
    await startWithNewSecret();
    await expectStatus(200, newNode.get('/api/auth/me', { token }));
    const next = await expectStatus(200, newNode.post('/api/auth/refresh', { refresh_token: refreshToken }));
    const last = await expectStatus(
      200,
      newNode.post('/api/auth/refresh', { refresh_token: next.body.refresh_token }),
    );
    await expectStatus(401, newNode.post('/api/auth/refresh', { refresh_token: refreshToken }));
    await expectStatus(401, newNode.post('/api/auth/refresh', { refresh_token: last.body.refresh_token }));
    await expectStatus(401, newNode.get('/api/auth/me', { token }));
  });

  it('accepts passwords, and rehashes them at the login', async () => {
    const { username, email } = await givenUser(oldNode);
    const hash = async (): Promise<string> => {
      const text = 'SELECT password_hash FROM users WHERE email = $1';
      return (await oldNode.sql<{ password_hash: string }>(text, [email]))[0]?.password_hash ?? '';
    };
    const old = await hash();
    await startWithNewSecret();
    const form = { username, password: PASSWORD };
    await expectStatus(
      401,
      newNode.post('/api/auth/token', undefined, { form: { ...form, password: 'wrong' } }),
    );
    expect(await hash()).toBe(old);
    await expectStatus(200, newNode.post('/api/auth/token', undefined, { form }));
    const newToken = await hash();
    expect(newToken.split(':')[0]).not.toBe(old.split(':')[0]);
    await expectStatus(200, newNode.post('/api/auth/token', undefined, { form }));
    expect(await hash()).toBe(newToken);
  });

  it('keeps authenticator apps, backup codes, e-mailed links and pending logins working', async () => {
    const user = await givenUser(oldNode, { twoFactor: 'totp' });
    const tempToken = await getTempToken(oldNode, user);
    const link = await oldNode.lastLinkToken(user.email, 'verify-email');
    await startWithNewSecret();
    const body = { temp_token: tempToken, code: totpCode(newNode, user.secret) };
    await expectStatus(200, newNode.post('/api/v1/auth/verify-2fa', body));
    const backup = { temp_token: await getTempToken(newNode, user), code: user.backupCodes[0] };
    await expectStatus(200, newNode.post('/api/v1/auth/verify-2fa', backup));
    const spent = { temp_token: await getTempToken(newNode, user), code: user.backupCodes[0] };
    await expectStatus(401, newNode.post('/api/v1/auth/verify-2fa', spent));
    await expectStatus(200, newNode.post('/api/v1/auth/verify-email', { token: link }));
  });

  it('can be finished: secrets are encrypted again, and the old APP_SECRET is no longer needed', async () => {
    const user = await givenUser(oldNode, { twoFactor: 'totp' });
    await startWithNewSecret();
    await newNode.nest.get(SecretRotation).run();
    await getTempToken(newNode, user); // also rehashes the password
    const alone = await TestApp.start({ siblingOf: oldNode, env: { APP_SECRET: NEW_SECRET } });
    const body = { temp_token: await getTempToken(alone, user), code: totpCode(alone, user.secret) };
    await expectStatus(200, alone.post('/api/v1/auth/verify-2fa', body));
    await alone.stop();
  });

  it('refuses a correct code when the secret cannot be decrypted, and does not fail', async () => {
    const user = await givenUser(oldNode, { twoFactor: 'totp' });
    await startWithNewSecret();
    await oldNode.sql(`UPDATE second_factors SET secret = set_byte(secret, 1, 255 - get_byte(secret, 1))`);
    const body = { temp_token: await getTempToken(newNode, user), code: totpCode(newNode, user.secret) };
    const response = await expectStatus(401, newNode.post('/api/v1/auth/verify-2fa', body));
    expect(response.body.code).toBe('two_factor_code_invalid');
  });

  it('is recorded in the database: a start with the old secret alone is refused', async () => {
    await startWithNewSecret();
    await expect(TestApp.start({ siblingOf: oldNode })).rejects.toThrow('APP_SECRET does not belong');
  });
});

function generatePem(kind: 'rsa' | 'ec'): { privateKey: string; publicKey: string } {
  const pair =
    kind === 'rsa'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

interface Jwk {
  kid: string;
  alg: string;
  use: string;
}

async function fetchPublishedKeys(app: TestApp): Promise<Jwk[]> {
  const { body, headers } = await expectStatus(200, app.get('/.well-known/jwks.json'));
  expect(headers['cache-control']).toBe('public, max-age=300');
  for (const key of body.keys)
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(secret);
  return body.keys;
}

/** Verifies as another service does: only with the published keys. */
function verifyWithPublishedKeys(keys: Jwk[], token: string): jwt.JwtPayload {
  const { kid } = jwt.decode(token, { complete: true })?.header ?? {};
  const key = keys.find((candidate) => candidate.kid === kid);
  if (!key) throw new Error('The key of this token is not published.');
  return jwt.verify(token, createPublicKey({ key: key as never, format: 'jwk' }), {
    algorithms: [key.alg as 'RS256'],
  }) as jwt.JwtPayload;
}

describe('a private key for tokens (JWT_PRIVATE_KEY)', () => {
  it('is optional: by default no key is published', async () => {
    const app = await TestApp.start();
    expect(await fetchPublishedKeys(app)).toEqual([]);
    await app.stop();
  });

  it.each([
    ['RS256', 'rsa', 'ES256', 'ec'],
    ['ES256', 'ec', 'RS256', 'rsa'],
  ] as const)(
    'signs %s that others can verify, and is replaced without a break',
    async (alg, kind, nextAlg, nextKind) => {
      const [first, second] = [generatePem(kind), generatePem(nextKind)];
      const old = await TestApp.start({ env: { JWT_PRIVATE_KEY: first.privateKey.replaceAll('\n', '\\n') } });
      const { accessToken: token, username } = await givenUser(old);
      const [published, ...others] = await fetchPublishedKeys(old);
      expect(published).toMatchObject({ alg, use: 'sig' });
      expect(others).toEqual([]);
      expect(verifyWithPublishedKeys(await fetchPublishedKeys(old), token).sub).toMatch(/^[\da-f-]{36}$/);

      const env = { JWT_PRIVATE_KEY: second.privateKey, JWT_PREVIOUS_KEY: first.publicKey };
      const overlapping = await TestApp.start({ siblingOf: old, env });
      await expectStatus(200, overlapping.get('/api/auth/me', { token }));
      const keys = await fetchPublishedKeys(overlapping);
      expect(keys.map((key) => key.alg)).toEqual([nextAlg, alg]);
      expect(keys[1]).toEqual(published);
      const form = { username, password: PASSWORD };
      const login = await expectStatus(200, overlapping.post('/api/auth/token', undefined, { form }));
      expect(jwt.decode(login.body.access_token, { complete: true })?.header.alg).toBe(nextAlg);
      verifyWithPublishedKeys(keys, login.body.access_token);
      verifyWithPublishedKeys(keys, token);

      const done = await TestApp.start({ siblingOf: old, env: { JWT_PRIVATE_KEY: second.privateKey } });
      await expectStatus(200, done.get('/api/auth/me', { token: login.body.access_token }));
      await expectStatus(401, done.get('/api/auth/me', { token }));
      for (const node of [done, overlapping, old]) await node.stop();
    },
  );
});
