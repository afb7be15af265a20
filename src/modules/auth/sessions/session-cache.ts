import { Injectable } from '@nestjs/common';
import { type CredentialCache, CredentialCacheFactory } from '@/platform/credentials/index.js';
import { AccessChangeNotifier } from '@/platform/events/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import type { Session } from './persistence/session.entity.js';
import { SessionRepository } from './persistence/session.repository.js';

/** The columns of a session that authenticate a request. */
export type ActiveSession = Readonly<
  Pick<Session, 'id' | 'user_id' | 'expires_at' | 'password_at' | 'second_factor_at' | 'refresh_salt'>
>;

/** Caches active sessions by id. */
@Injectable()
export class SessionCache {
  private readonly credentials: CredentialCache<ActiveSession>;

  constructor(
    private readonly sessions: SessionRepository,
    private readonly accessChanges: AccessChangeNotifier,
    private readonly clock: Clock,
    caches: CredentialCacheFactory,
  ) {
    this.credentials = caches.create<ActiveSession>({
      topic: 'session',
      maxEntries: 250_000,
      keyedBy: 'id',
      userId: (session) => session.user_id,
      writeLastSeen: (seen) => sessions.updateLastSeen(seen),
    });
  }

  /** Returns the session, or null when it has ended. */
  findActive(id: string): Promise<ActiveSession | null> {
    return this.credentials.find(id, async () => {
      const session = await this.sessions.findActive(id, this.clock.now());
      return session && toActiveSession(session);
    });
  }

  /** Tells every node that a session changed or ended, when the surrounding transaction commits. */
  publishChange(id: string): Promise<void> {
    return this.credentials.publishChange(id);
  }

  publishUserChange(userId: string): Promise<void> {
    return this.accessChanges.publishUserChange(userId);
  }

  /** Records a request of this session. */
  markSeen(id: string): void {
    this.credentials.markSeen(id);
  }
}

/** Drops all other columns, such as the user agent: the cache holds many sessions. */
function toActiveSession({
  id,
  user_id,
  expires_at,
  password_at,
  second_factor_at,
  refresh_salt,
}: Session): ActiveSession {
  return { id, user_id, expires_at, password_at, second_factor_at, refresh_salt };
}
