import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Algorithm } from 'jsonwebtoken';
import { Config } from '@/platform/config/index.js';
import { KeyRing } from '@/platform/crypto/index.js';

interface VerifyingKey {
  kid: string;
  algorithm: Algorithm;
  key: KeyObject;
}

interface SigningKey extends VerifyingKey {
  signWith: KeyObject;
}

/**
 * What signs tokens: HS256 under keys derived from the root secret, or RS256 / ES256 when `JWT_PRIVATE_KEY` is
 * set. During a rotation the key before (`APP_SECRET_PREVIOUS`, `JWT_PREVIOUS_KEY`) still verifies.
 * Keys are KeyObjects: given a string, jsonwebtoken tries it as a private key first, fifty times slower.
 */
@Injectable()
export class SigningKeys {
  readonly current: SigningKey;
  private readonly verifying = new Map<string, VerifyingKey>();
  private readonly published: VerifyingKey[];

  constructor(config: Config, keyRing: KeyRing) {
    const secrets = keyRing.all.map((root): SigningKey => {
      const key = root.derive('jwt');
      return { kid: root.id.toString('hex'), algorithm: 'HS256', key, signWith: key };
    });
    const pair = config.jwtPrivateKey ? asymmetric(config.jwtPrivateKey) : undefined;
    const previous = config.jwtPreviousKey ? publicOf(config.jwtPreviousKey) : undefined;
    this.published = [pair, previous].filter((key) => key !== undefined);
    this.current = pair ?? (secrets[0] as SigningKey);
    for (const key of [...secrets, ...this.published]) this.verifying.set(key.kid, key);
  }

  byId(kid: string | undefined): VerifyingKey | undefined {
    return this.verifying.get(kid ?? '');
  }

  /** The public keys others verify our tokens with; empty while tokens are signed with a secret. */
  jwks(): { keys: object[] } {
    return {
      keys: this.published.map(({ kid, algorithm, key }) => ({
        ...key.export({ format: 'jwk' }),
        kid,
        alg: algorithm,
        use: 'sig',
      })),
    };
  }
}

function asymmetric(pem: string): SigningKey {
  const signWith = createPrivateKey(pem);
  return { ...publicOf(pem), signWith };
}

function publicOf(pem: string): VerifyingKey {
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
