import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '@/platform/config/index.js';
import { KeyRing, parseKeyId } from '@/platform/crypto/index.js';

/** The algorithms of all keys, current and previous. */
export const ALGORITHMS: Algorithm[] = ['HS256', 'RS256', 'ES256'];

type Algorithm = 'HS256' | 'RS256' | 'ES256';

interface VerificationKey {
  kid: string;
  algorithm: Algorithm;
  key: KeyObject;
}

interface SigningKey extends VerificationKey {
  signingKey: KeyObject;
}

/**
 * Holds the keys of tokens: HS256 with keys derived from the root secret, or RS256 / ES256 with `JWT_PRIVATE_KEY`.
 * During a rotation the previous key (`APP_SECRET_PREVIOUS`, `JWT_PREVIOUS_KEY`) still verifies.
 * Keys are KeyObjects: jsonwebtoken parses a string as a PEM key first, which is fifty times slower.
 */
@Injectable()
export class SigningKeys {
  readonly current: SigningKey;
  private readonly verificationKeys = new Map<string, VerificationKey>();
  private readonly publicKeys: VerificationKey[];

  constructor(config: Config, keyRing: KeyRing) {
    const secrets = keyRing.all.map((root): SigningKey => {
      const key = root.derive('jwt');
      return { kid: root.id.toString('hex'), algorithm: 'HS256', key, signingKey: key };
    });
    const pair = config.jwtPrivateKey ? parseKeyPair(config.jwtPrivateKey) : undefined;
    const previous = config.jwtPreviousKey ? parsePublicKey(config.jwtPreviousKey) : undefined;
    this.publicKeys = [pair, previous].filter((key) => key !== undefined);
    this.current = pair ?? (secrets[0] as SigningKey);
    for (const key of [...secrets, ...this.publicKeys]) this.verificationKeys.set(key.kid, key);
  }

  /** Returns the key that the `kid` of a token names; undefined for an unknown `kid` and for malformed tokens. */
  findVerificationKey(token: string): KeyObject | undefined {
    return this.verificationKeys.get(parseKeyId(token) ?? '')?.key;
  }

  /** Returns the public keys as a JSON Web Key Set (RFC 7517); empty while tokens are signed with HS256. */
  toJwks(): { keys: object[] } {
    return {
      keys: this.publicKeys.map(({ kid, algorithm, key }) => ({
        ...key.export({ format: 'jwk' }),
        kid,
        alg: algorithm,
        use: 'sig',
      })),
    };
  }
}

function parseKeyPair(pem: string): SigningKey {
  return { ...parsePublicKey(pem), signingKey: createPrivateKey(pem) };
}

function parsePublicKey(pem: string): VerificationKey {
  const key = createPublicKey(pem);
  const algorithm =
    key.asymmetricKeyType === 'rsa' ? 'RS256' : key.asymmetricKeyType === 'ec' ? 'ES256' : undefined;
  if (!algorithm) throw new Error('JWT_PRIVATE_KEY must be an RSA or a P-256 key.');
  const kid = createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16);
  return { kid, algorithm, key };
}
