import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AppError } from '../errors/index.js';
import { type Actor, type RequestWithActor, AccessTokenResolver, ApiKeyResolver } from './actor.js';

const BEARER = /^\s*bearer\s+\S/i;

/** Authenticates requests, and checks during a long response that its credentials are still valid. */
@Injectable()
export class RequestAuthenticator {
  constructor(
    private readonly sessions: AccessTokenResolver,
    private readonly keys: ApiKeyResolver,
  ) {}

  /** Returns the actor of the access token, or null without a valid one. */
  authenticateAccessToken(context: ExecutionContext): Promise<Actor | null> {
    return this.sessions.resolve(context);
  }

  /**
   * Returns the actor of the access token when the request has one, else of the API key; null when it is not valid. Credentials
   * of another scheme are for a proxy in front of the server and do not count.
   */
  async authenticate(context: ExecutionContext): Promise<Actor | null> {
    const { headers, ip } = context.switchToHttp().getRequest<RequestWithActor>();
    const { authorization = '', 'x-api-key': key } = headers;
    return typeof key === 'string' && !BEARER.test(authorization)
      ? this.keys.resolve(key, ip)
      : this.sessions.resolve(context);
  }

  /** Returns false when the session or API key of the request has ended. An expired access token does not matter. */
  async isStillValid({ actor, headers, ip }: RequestWithActor): Promise<boolean> {
    if (!actor) return false;
    if (actor.via === 'session') return this.sessions.isStillValid(actor);
    const key = await this.keys.resolve(String(headers['x-api-key']), ip).catch(nullIfRejected);
    return key !== null;
  }
}

/** Returns null for a rejected key. Rethrows server errors, because they do not tell whether the key is valid. */
function nullIfRejected(error: unknown): null {
  if (error instanceof AppError && error.status < 500) return null;
  throw error;
}
