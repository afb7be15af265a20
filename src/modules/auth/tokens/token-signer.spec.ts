import { generateKeyPairSync } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import fc from 'fast-check';
import jwt from 'jsonwebtoken';
import { type Config, parseConfig } from '@/platform/config/index.js';
import { type Installation, KeyRing } from '@/platform/crypto/index.js';
import { TestClock } from '@test/support/app/test-clock.js';
import { SigningKeys } from './signing-keys.js';
import { jwtOptions } from './signing-keys.module.js';
import { type TokenKind, TokenSigner } from './token-signer.js';

const SECRET = 'the root key of these unit tests, long enough';
const ACCESS: TokenKind = { typ: 'at+jwt', audience: 'xentree' };
const CHALLENGE: TokenKind = { typ: 'challenge+jwt', audience: 'xentree:challenge' };

interface SignerOptions {
  secret?: string;
  previous?: string;
  env?: Record<string, string>;
  issuer?: string;
}

function createSigner({ secret = SECRET, previous, env = {}, issuer = 'urn:test' }: SignerOptions = {}): {
  signer: TokenSigner;
  keys: SigningKeys;
  clock: TestClock;
} {
  const config = parseConfig({ NODE_ENV: 'test', APP_SECRET: secret, ...env });
  const keys = new SigningKeys(config, new KeyRing(secret, previous));
  const clock = new TestClock();
  clock.freeze();
  const installation = { id: 'id', issuer: () => issuer } as unknown as Installation;
  const signer = new TokenSigner(new JwtService(jwtOptions(keys)), keys, clock, config, installation);
  return { signer, keys, clock };
}

function ecPair(namedCurve = 'P-256'): { privateKey: string; publicKey: string } {
  const pair = generateKeyPairSync('ec', { namedCurve });
  return {
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

describe('TokenSigner', () => {
  const { signer, keys, clock } = createSigner();

  it('verifies what it signed, and returns the claims', () => {
    const token = signer.sign(ACCESS, { sub: 'user', sid: 'session' }, 900);
    const now = Math.floor(clock.millis() / 1000);
    expect(signer.verify(ACCESS, token)).toEqual({
      iss: 'urn:test',
      aud: 'xentree',
      sub: 'user',
      sid: 'session',
      iat: now,
      exp: now + 900,
    });
  });

  it('writes type, algorithm and key id into the header', () => {
    expect(jwt.decode(signer.sign(ACCESS, {}, 900), { complete: true })?.header).toEqual({
      alg: 'HS256',
      typ: 'at+jwt',
      kid: keys.current.kid,
    });
  });

  it('does not accept a token of one kind as another, in either direction', () => {
    expect(signer.verify(CHALLENGE, signer.sign(ACCESS, {}, 900))).toBeNull();
    expect(signer.verify(ACCESS, signer.sign(CHALLENGE, {}, 900))).toBeNull();
    const rightAudience = signer.sign({ ...ACCESS, typ: 'JWT' }, {}, 900);
    const rightType = signer.sign({ ...ACCESS, audience: 'xentree:challenge' }, {}, 900);
    expect([signer.verify(ACCESS, rightAudience), signer.verify(ACCESS, rightType)]).toEqual([null, null]);
  });

  it('accepts a token until the millisecond before it expires', () => {
    const { signer: own, clock: ownClock } = createSigner();
    const token = own.sign(ACCESS, {}, 900);
    const { exp = 0 } = jwt.decode(token) as jwt.JwtPayload;
    ownClock.advance((exp * 1000 - 1 - ownClock.millis()) / 1000);
    expect(own.verify(ACCESS, token)).not.toBeNull();
    ownClock.advance(0.001);
    expect(own.verify(ACCESS, token)).toBeNull();
  });

  it('treats a token without expiry as expired', () => {
    expect(signer.hasExpired({})).toBe(true);
    expect(signer.hasExpired({ exp: undefined })).toBe(true);
    expect(signer.verify(ACCESS, signer.sign(ACCESS, {}, -1))).toBeNull();
  });

  it('refuses the token of another installation with the same secret', () => {
    const other = createSigner({ issuer: 'urn:other' }).signer;
    expect(other.verify(ACCESS, signer.sign(ACCESS, {}, 900))).toBeNull();
  });

  it('refuses a changed character anywhere in the token', () => {
    const token = signer.sign(ACCESS, { sub: 'user' }, 900);
    // The last character of a part may carry unused bits: it is left out.
    fc.assert(
      fc.property(fc.nat(token.length - 2), fc.constantFrom(...'ABCxyz019-_.'), (index, character) => {
        const isLastOfPart = token[index + 1] === '.';
        fc.pre(!isLastOfPart && token[index] !== character);
        const changed = token.slice(0, index) + character + token.slice(index + 1);
        expect(signer.verify(ACCESS, changed)).toBeNull();
      }),
    );
  });

  it('never throws on a text that is no token', () => {
    for (const text of ['', '.', '..', 'a.b.c', 'null', '{}', '.'.repeat(10_000), 'é.é.é', '\u0000'])
      expect(signer.verify(ACCESS, text)).toBeNull();
    fc.assert(fc.property(fc.string(), (text) => signer.verify(ACCESS, text) === null));
  });

  it('refuses `alg: none` and a signature with the public key as HMAC secret', () => {
    const pair = ecPair();
    const ec = createSigner({ env: { JWT_PRIVATE_KEY: pair.privateKey } });
    const { kid } = ec.keys.current;
    const claims = { iss: 'urn:test', aud: 'xentree', exp: 9_999_999_999 };
    const header = { alg: 'HS256' as const, typ: 'at+jwt', kid };
    const hmac = jwt.sign(claims, pair.publicKey, { algorithm: 'HS256', header });
    const unsigned = jwt.sign(claims, null as unknown as string, {
      algorithm: 'none',
      header: { ...header, alg: 'none' },
    });
    expect(ec.signer.verify(ACCESS, hmac)).toBeNull();
    expect(ec.signer.verify(ACCESS, unsigned)).toBeNull();
    expect(ec.signer.verify(ACCESS, ec.signer.sign(ACCESS, {}, 900))).not.toBeNull();
  });

  it('verifies tokens of the previous secret during a rotation, and not afterwards', () => {
    const token = signer.sign(ACCESS, { sub: 'user' }, 900);
    const next = 'the root key after the rotation, long enough';
    expect(createSigner({ secret: next, previous: SECRET }).signer.verify(ACCESS, token)).not.toBeNull();
    expect(createSigner({ secret: next }).signer.verify(ACCESS, token)).toBeNull();
  });
});

describe('SigningKeys', () => {
  it('publishes no key of a shared secret', () => {
    expect(createSigner().keys.toJwks()).toEqual({ keys: [] });
  });

  it('publishes the public keys only, the current one first', () => {
    const [current, previous] = [ecPair(), ecPair()];
    const { keys } = createSigner({
      env: { JWT_PRIVATE_KEY: current.privateKey, JWT_PREVIOUS_KEY: previous.publicKey },
    });
    const published = keys.toJwks().keys as Record<string, unknown>[];
    expect(published).toHaveLength(2);
    expect(published[0]).toMatchObject({ kid: keys.current.kid, alg: 'ES256', use: 'sig', kty: 'EC' });
    for (const key of published)
      for (const part of ['d', 'k', 'p', 'q']) expect(key).not.toHaveProperty(part);
  });

  it('gives the same key the same id at every start', () => {
    const { privateKey } = ecPair();
    const [first, second] = [1, 2].map(() => createSigner({ env: { JWT_PRIVATE_KEY: privateKey } }).keys);
    expect(first?.current.kid).toBe(second?.current.kid);
    expect(createSigner().keys.current.kid).toBe(createSigner().keys.current.kid);
  });

  it('finds no key for an unknown `kid`, a missing one, or a text that is no token', () => {
    const { keys } = createSigner();
    const withHeader = (header: object): string =>
      `${Buffer.from(JSON.stringify(header)).toString('base64url')}.e30.c2ln`;
    expect(keys.findVerificationKey(withHeader({ alg: 'HS256', kid: keys.current.kid }))).toBeDefined();
    for (const token of [
      withHeader({ alg: 'HS256', kid: 'ffffffff' }),
      withHeader({ alg: 'HS256', kid: '__proto__' }),
      withHeader({ alg: 'HS256', kid: { toString: 'x' } }),
      withHeader({ alg: 'HS256', kid: [keys.current.kid] }),
      withHeader({ alg: 'HS256' }),
      '',
      'x',
    ])
      expect(keys.findVerificationKey(token)).toBeUndefined();
  });

  it('refuses a private key that is neither RSA nor EC', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const config = { jwtPrivateKey: pem } as Config;
    expect(() => new SigningKeys(config, new KeyRing(SECRET))).toThrow('RSA or a P-256 key');
  });
});
