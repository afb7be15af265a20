import { Injectable } from '@nestjs/common';
import { AppError } from '../errors/index.js';
import { type Actor, type ActorRequest, ActorResolver, KeyResolver } from './actor.js';

/** Who sends a request, and whether they still may have the answer while it goes on. */
@Injectable()
export class Identities {
  constructor(
    private readonly sessions: ActorResolver,
    private readonly keys: KeyResolver,
  ) {}

  /** Whose access token it is, where one is sent. */
  bearer(request: ActorRequest): Promise<Actor | null> {
    return this.sessions.resolve(request);
  }

  /** An access token, where one is sent, decides alone; else the API key does. Null where none of them holds. */
  async identify(request: ActorRequest): Promise<Actor | null> {
    const { authorization, 'x-api-key': key } = request.headers;
    return authorization === undefined && typeof key === 'string'
      ? this.keys.resolve(key, request.ip)
      : this.sessions.resolve(request);
  }

  /** False once the session or the key that a request came with has ended. An access token may have run out meanwhile. */
  async goesOn({ actor, headers, ip }: ActorRequest): Promise<boolean> {
    if (!actor) return false;
    if (actor.via === 'session') return this.sessions.goesOn(actor);
    const key = await this.keys.resolve(String(headers['x-api-key']), ip).catch(refused);
    return key !== null;
  }
}

/** A refusal means no; a database that does not answer means nothing. */
function refused(error: unknown): null {
  if (error instanceof AppError && error.status < 500) return null;
  throw error;
}
