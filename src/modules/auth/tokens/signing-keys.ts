import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Algorithm } from 'jsonwebtoken';
import { Config } from '@/platform/config/index.js';
import { KeyRing } from '@/platform/crypto/index.js';

interface VerificationKey {
  kid: string;
  algorithm: Algorithm;
  key: KeyObject;
}

interface SigningKey extends VerificationKey {
  signingKey: KeyObject;
}

/**
 * What signs tokens: HS256 under keys derived from the root secret, or RS256 / ES256 when `JWT_PRIVATE_KEY` is
 * set. During a rotation the key before (`APP_SECRET_PREVIOUS`, `JWT_PREVIOUS_KEY`) still verifies.
 * Keys are KeyObjects: given a string, jsonwebtoken tries it as a private key first, fifty times slower.
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

  findById(kid: string | undefined): VerificationKey | undefined {
    return this.verificationKeys.get(kid ?? '');
  }

  /** The public keys others verify our tokens with; empty while tokens are signed with a secret. */
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
  const signWith = createPrivateKey(pem);
  return { ...parsePublicKey(pem), signingKey: signWith };
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
