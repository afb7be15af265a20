import { type ExecutionContext, Injectable } from '@nestjs/common';
import { AppError } from '../errors/index.js';
import { type Actor, type RequestWithActor, AccessTokenResolver, ApiKeyResolver } from './actor.js';

const BEARER = /^\s*bearer\s+(\S.*)$/i;
/** Clients of OpenAI's API send their key as a bearer token. Elsewhere a key is no access token. */
const BEARER_KEY_PATHS = /^\/v1\//;
const API_KEY = /^xntr-/;

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
    const request = context.switchToHttp().getRequest<RequestWithActor>();
    const key = extractApiKey(request);
    return key === undefined ? this.sessions.resolve(context) : this.keys.resolve(key, request.ip);
  }

  /** Returns false when the session or API key of the request has ended. An expired access token does not matter. */
  async isStillValid(request: RequestWithActor): Promise<boolean> {
    const { actor, ip } = request;
    if (!actor) return false;
    if (actor.via === 'session') return this.sessions.isStillValid(actor);
    const key = await this.keys.resolve(extractApiKey(request) ?? '', ip).catch(nullIfRejected);
    return key !== null;
  }
}

/** Returns the API key of a request without an access token. */
function extractApiKey({ headers, url }: RequestWithActor): string | undefined {
  const { authorization = '', 'x-api-key': key } = headers;
  const [, bearer] = BEARER.exec(authorization) ?? [];
  if (bearer !== undefined) return API_KEY.test(bearer) && BEARER_KEY_PATHS.test(url) ? bearer : undefined;
  return typeof key === 'string' ? key : undefined;
}

/** Returns null for a rejected key. Rethrows server errors, because they do not tell whether the key is valid. */
function nullIfRejected(error: unknown): null {
  if (error instanceof AppError && error.status < 500) return null;
  throw error;
}
