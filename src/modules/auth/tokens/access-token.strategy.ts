import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Jwt, JwtPayload } from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { Strategy, type SecretOrKeyProvider, type VerifiedCallback } from 'passport-jwt';
import { parseKeyId } from '@/platform/crypto/index.js';
import { ACCESS_TOKEN } from './access-tokens.js';
import { SigningKeys } from './signing-keys.js';
import { TokenSigner } from './token-signer.js';

interface StrategyRun {
  success: (token: Jwt) => void;
  fail: () => void;
  error: () => void;
  authenticate: (request: unknown) => void;
}

/**
 * Reads the bearer token of a request through passport-jwt. The strategy is driven directly, as passport itself
 * drives one, without a middleware per request.
 */
@Injectable()
export class AccessTokenStrategy {
  private readonly strategy: Strategy;
  /** Tokens whose signature was found right: it stays right. Their time and session are judged at every use. */
  private readonly verifiedTokens = new LRUCache<string, Jwt>({ max: 10_000 });

  constructor(
    keys: SigningKeys,
    private readonly signer: TokenSigner,
  ) {
    const secretOrKeyProvider: SecretOrKeyProvider = (_request, token: string, done) => {
      const key = keys.findById(parseKeyId(token));
      done(key ? null : new Error('unknown key'), key?.key as never);
    };
    this.strategy = new Strategy(
      {
        jwtFromRequest: extractBearerToken,
        secretOrKeyProvider,
        algorithms: ['HS256', 'RS256', 'ES256'],
        issuer: signer.issuer,
        audience: ACCESS_TOKEN.audience,
        ignoreExpiration: true, // judged by our clock in `accept`
        jsonWebTokenOptions: { complete: true },
      },
      (token: Jwt, done: VerifiedCallback) => done(null, token),
    );
  }

  /** The claims of the request's access token, or null. */
  async readClaims(request: FastifyRequest): Promise<JwtPayload | null> {
    const token = extractBearerToken(request);
    if (!token) return null;
    const verifiedToken = this.verifiedTokens.get(token) ?? (await this.verifySignature(request));
    if (!verifiedToken) return null;
    this.verifiedTokens.set(token, verifiedToken);
    return this.signer.validateClaims(ACCESS_TOKEN, verifiedToken);
  }

  private verifySignature(request: FastifyRequest): Promise<Jwt | null> {
    return new Promise((resolve) => {
      const run = Object.create(this.strategy) as StrategyRun;
      run.success = resolve;
      run.fail = () => resolve(null);
      run.error = () => resolve(null);
      run.authenticate(request);
    });
  }
}

/** Exactly one token. passport-jwt's own extractor ignores what follows it, and takes quadratic time on garbage. */
function extractBearerToken({ headers }: { headers: { authorization?: string } }): string | null {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? null;
}
