import { Injectable } from '@nestjs/common';
import jwt, { type Jwt, type JwtPayload } from 'jsonwebtoken';
import { Config } from '@/platform/config/index.js';
import { Installation, parseKeyId } from '@/platform/crypto/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { SigningKeys } from './signing-keys.js';

/** A kind of token. No kind is accepted in place of another: `typ` and `aud` differ. */
export interface TokenKind {
  typ: string;
  audience: string;
}

@Injectable()
export class TokenSigner {
  readonly issuer: string;

  constructor(
    private readonly keys: SigningKeys,
    private readonly clock: Clock,
    config: Config,
    installation: Installation,
  ) {
    this.issuer = installation.issuer(config);
  }

  /** Signs `claims`, valid for `life` seconds from now. */
  sign({ typ, audience }: TokenKind, claims: object, lifetime: number): string {
    const { kid, algorithm, signingKey } = this.keys.current;
    const iat = Math.floor(this.clock.millis() / 1000);
    const payload = { iss: this.issuer, aud: audience, ...claims, iat, exp: iat + lifetime };
    return jwt.sign(payload, signingKey, { algorithm, header: { alg: algorithm, typ, kid } });
  }

  /** The claims of a token whose signature, issuer, kind and time hold, else null. */
  verify(kind: TokenKind, token: string): JwtPayload | null {
    try {
      const key = this.keys.findById(parseKeyId(token));
      if (!key) return null;
      const options = { algorithms: [key.algorithm], issuer: this.issuer, audience: kind.audience };
      return this.validateClaims(
        kind,
        jwt.verify(token, key.key, { ...options, complete: true, ignoreExpiration: true }),
      );
    } catch {
      return null;
    }
  }

  /** Judges what a signature cannot: the kind of token, and its time by our clock. */
  validateClaims({ typ }: TokenKind, { header, payload }: Jwt): JwtPayload | null {
    if (header.typ !== typ || typeof payload === 'string') return null;
    return (payload.exp ?? 0) * 1000 > this.clock.millis() ? payload : null;
  }
}
