import { createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
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

  /**
   * Returns those of the actors whose session or API key has ended: with at most one query for all keys. For connections that
   * outlive their request.
   */
  async findEnded<Caller extends Actor>(actors: readonly Caller[]): Promise<Set<Caller>> {
    const ended = new Set<Caller>();
    const byKey = actors.flatMap((actor) => (actor.via === 'api_key' ? [{ actor, keyId: actor.keyId }] : []));
    if (byKey.length > 0) {
      const usable = new Set(await this.keys.listUsable([...new Set(byKey.map(({ keyId }) => keyId))]));
      for (const { actor, keyId } of byKey) if (!usable.has(keyId)) ended.add(actor);
    }
    for (const actor of actors)
      if (actor.via === 'session' && !(await this.sessions.isStillValid(actor))) ended.add(actor);
    return ended;
  }
}

/** Injects the bearer token of the request, which can be another credential than an access token. */
export const BearerToken = createParamDecorator((_: unknown, context: ExecutionContext) =>
  readBearerToken(context.switchToHttp().getRequest<RequestWithActor>()),
);

/** Returns the bearer token of a request, or undefined without one. */
export function readBearerToken({ headers }: RequestWithActor): string | undefined {
  return BEARER.exec(headers.authorization ?? '')?.[1];
}

/** Returns the API key of a request without an access token. */
function extractApiKey(request: RequestWithActor): string | undefined {
  const { headers, url } = request;
  const { 'x-api-key': key } = headers;
  const bearer = readBearerToken(request);
  if (bearer !== undefined) return API_KEY.test(bearer) && BEARER_KEY_PATHS.test(url) ? bearer : undefined;
  return typeof key === 'string' ? key : undefined;
}

/** Returns null for a rejected key. Rethrows server errors, because they do not tell whether the key is valid. */
function nullIfRejected(error: unknown): null {
  if (error instanceof AppError && error.status < 500) return null;
  throw error;
}
