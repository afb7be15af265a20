import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AuthGuard, type AuthGuardAuthenticateOptions } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import { ACCESS_TOKEN_STRATEGY, AccessTokenStrategy } from './access-token.strategy.js';
import type { TokenClaims } from './token-signer.js';

/** A request after `AccessTokenGuard`. */
export interface RequestWithClaims extends FastifyRequest {
  accessTokenClaims?: TokenClaims | null;
}

/**
 * Sets `accessTokenClaims` of the request: the claims of its access token, or null. Never rejects a request: the
 * global access guard decides whether the route needs a user.
 */
@Injectable()
export class AccessTokenGuard extends AuthGuard(ACCESS_TOKEN_STRATEGY) {
  constructor(private readonly strategy: AccessTokenStrategy) {
    super();
  }

  override getAuthenticateOptions(): AuthGuardAuthenticateOptions {
    return { session: false, property: 'accessTokenClaims' satisfies keyof RequestWithClaims };
  }

  /** Returns the request, and makes the strategy of this application the one that passport looks up next. */
  override getRequest(context: ExecutionContext): FastifyRequest {
    this.strategy.register();
    return context.switchToHttp().getRequest<FastifyRequest>();
  }

  override handleRequest<Claims>(_error: unknown, claims: Claims): Claims {
    return (claims || null) as Claims;
  }
}
