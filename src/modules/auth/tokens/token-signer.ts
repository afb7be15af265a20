import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Config } from '@/platform/config/index.js';
import { Installation } from '@/platform/crypto/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { ALGORITHMS, SigningKeys } from './signing-keys.js';

/** A kind of token. Kinds differ in `typ` and `aud`; a token of one kind is never accepted as another. */
export interface TokenKind {
  typ: string;
  audience: string;
}

/** The claims of a verified token; only `iss` and `aud` were checked. Times are seconds since 1970. */
export interface TokenClaims {
  sub?: string;
  jti?: string;
  exp?: number;
  [claim: string]: unknown;
}

/** A token with a valid signature. */
export interface VerifiedToken {
  header: { typ?: string };
  payload: TokenClaims | string;
}

/** Signs and verifies the JWTs of this installation. */
@Injectable()
export class TokenSigner {
  readonly issuer: string;

  constructor(
    private readonly jwt: JwtService,
    private readonly keys: SigningKeys,
    private readonly clock: Clock,
    config: Config,
    installation: Installation,
  ) {
    this.issuer = installation.issuer(config);
  }

  /** Signs `claims`; the token is valid for `lifetime` seconds from now. */
  sign({ typ, audience }: TokenKind, claims: object, lifetime: number): string {
    const { kid, algorithm } = this.keys.current;
    const iat = Math.floor(this.clock.millis() / 1000);
    const payload = { iss: this.issuer, aud: audience, ...claims, iat, exp: iat + lifetime };
    return this.jwt.sign(payload, { algorithm, header: { alg: algorithm, typ, kid } });
  }

  /** Returns the claims of a token of this kind, or null if signature, issuer, kind or expiry is wrong. */
  verify(kind: TokenKind, token: string): TokenClaims | null {
    try {
      const verified = this.jwt.verify<VerifiedToken>(token, {
        algorithms: ALGORITHMS,
        issuer: this.issuer,
        audience: kind.audience,
        ignoreExpiration: true, // checked with our Clock
        complete: true,
      });
      const claims = this.readClaims(kind, verified);
      return claims && !this.hasExpired(claims) ? claims : null;
    } catch {
      return null;
    }
  }

  /** Returns the claims, or null for a token of another kind. */
  readClaims({ typ }: TokenKind, { header, payload }: VerifiedToken): TokenClaims | null {
    return header.typ === typ && typeof payload !== 'string' ? payload : null;
  }

  /** Compares the expiry with our Clock. A token without one has expired. */
  hasExpired({ exp = 0 }: TokenClaims): boolean {
    return exp * 1000 <= this.clock.millis();
  }
}
