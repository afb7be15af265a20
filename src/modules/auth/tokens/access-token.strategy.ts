import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import passport from 'passport';
import { Strategy } from 'passport-jwt';
import { ACCESS_TOKEN } from './access-tokens.js';
import { ALGORITHMS, SigningKeys } from './signing-keys.js';
import { type TokenClaims, TokenSigner, type VerifiedToken } from './token-signer.js';

/** The name under which passport keeps the strategy. */
export const ACCESS_TOKEN_STRATEGY = 'access-token';

/**
 * Verifies the signature, issuer, audience and kind of the bearer token of a request. The expiry is not checked here:
 * results are cached, and the expiry is compared with our Clock at every use.
 */
@Injectable()
export class AccessTokenStrategy extends PassportStrategy(Strategy, ACCESS_TOKEN_STRATEGY) {
  constructor(
    keys: SigningKeys,
    private readonly signer: TokenSigner,
  ) {
    super({
      jwtFromRequest: extractBearerToken,
      secretOrKeyProvider: (_request: unknown, token: string, done) => {
        const key = keys.findVerificationKey(token);
        // jsonwebtoken takes a KeyObject; the type of passport-jwt does not say so.
        done(key ? null : new Error('Unknown signing key'), key as (KeyObject & Buffer) | undefined);
      },
      algorithms: ALGORITHMS,
      issuer: signer.issuer,
      audience: ACCESS_TOKEN.audience,
      ignoreExpiration: true,
      jsonWebTokenOptions: { complete: true },
    });
  }

  /**
   * Registers this strategy with passport, which keeps one per name for the whole process. Each application of a
   * process (the tests start several) has its own keys and issuer.
   */
  register(): void {
    passport.use(ACCESS_TOKEN_STRATEGY, this);
  }

  /** Returns the claims, or null for a token of another kind. */
  validate(token: VerifiedToken): TokenClaims | null {
    return this.signer.readClaims(ACCESS_TOKEN, token);
  }
}

/**
 * Returns the token of `Authorization: Bearer <token>`, or null. passport-jwt's own extractor ignores text after the
 * token and takes quadratic time on malformed headers.
 */
export function extractBearerToken({ headers }: { headers: { authorization?: string } }): string | null {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? null;
}
