import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AppError } from '../errors/index.js';
import { type Actor, type RequestWithActor, AccessTokenResolver, ApiKeyResolver } from './actor.js';

/** Who sends a request, and whether they still may have the answer while it goes on. */
@Injectable()
export class RequestAuthenticator {
  constructor(
    private readonly sessions: AccessTokenResolver,
    private readonly keys: ApiKeyResolver,
  ) {}

  /** Whose access token it is, where one is sent. */
  authenticateAccessToken(context: ExecutionContext): Promise<Actor | null> {
    return this.sessions.resolve(context);
  }

  /** An access token, where one is sent, decides alone; else the API key does. Null where none of them holds. */
  async authenticate(context: ExecutionContext): Promise<Actor | null> {
    const { headers, ip } = context.switchToHttp().getRequest<RequestWithActor>();
    const { authorization, 'x-api-key': key } = headers;
    return authorization === undefined && typeof key === 'string'
      ? this.keys.resolve(key, ip)
      : this.sessions.resolve(context);
  }

  /** False once the session or the key that a request came with has ended. An access token may have run out meanwhile. */
  async isStillValid({ actor, headers, ip }: RequestWithActor): Promise<boolean> {
    if (!actor) return false;
    if (actor.via === 'session') return this.sessions.isStillValid(actor);
    const key = await this.keys.resolve(String(headers['x-api-key']), ip).catch(nullIfRejected);
    return key !== null;
  }
}

/** A refusal means no; a database that does not answer means nothing. */
function nullIfRejected(error: unknown): null {
  if (error instanceof AppError && error.status < 500) return null;
  throw error;
}
