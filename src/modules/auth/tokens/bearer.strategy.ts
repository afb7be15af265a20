import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import jwt, { type Jwt, type JwtPayload } from 'jsonwebtoken';
import { ExtractJwt, Strategy, type SecretOrKeyProvider, type VerifiedCallback } from 'passport-jwt';
import { ACCESS_TOKEN } from './access-tokens.js';
import { SigningKeys } from './signing-keys.js';
import { TokenSigner } from './token-signer.js';

interface Attempt {
  success: (claims: JwtPayload) => void;
  fail: () => void;
  error: () => void;
  authenticate: (request: unknown) => void;
}

/**
 * Reads the bearer token of a request through passport-jwt. The strategy is driven directly, as passport itself
 * drives one, without a middleware per request.
 */
@Injectable()
export class BearerStrategy {
  private readonly strategy: Strategy;

  constructor(keys: SigningKeys, signer: TokenSigner) {
    const secretOrKeyProvider: SecretOrKeyProvider = (_request, token: string, done) => {
      const key = keys.byId(jwt.decode(token, { complete: true })?.header.kid);
      done(key ? null : new Error('unknown key'), key?.key as never);
    };
    this.strategy = new Strategy(
      {
        jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
        secretOrKeyProvider,
        algorithms: ['HS256', 'RS256', 'ES256'],
        issuer: signer.issuer,
        audience: ACCESS_TOKEN.audience,
        ignoreExpiration: true, // judged by our clock in `accept`
        jsonWebTokenOptions: { complete: true },
      },
      (token: Jwt, done: VerifiedCallback) => done(null, signer.accept(ACCESS_TOKEN, token) ?? false),
    );
  }

  /** The claims of the request's access token, or null. */
  read(request: FastifyRequest): Promise<JwtPayload | null> {
    return new Promise((resolve) => {
      const attempt = Object.create(this.strategy) as Attempt;
      attempt.success = resolve;
      attempt.fail = () => resolve(null);
      attempt.error = () => resolve(null);
      attempt.authenticate(request);
    });
  }
}
