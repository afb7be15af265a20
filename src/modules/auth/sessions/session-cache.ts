import { Injectable } from '@nestjs/common';
import { AccessChanges } from '@/platform/events/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Log } from '@/platform/logging/index.js';
import { Database, Notifications, Sightings, TrustedCache } from '@/platform/persistence/index.js';
import type { Session } from './persistence/session.entity.js';
import { SessionRepository } from './persistence/session.repository.js';

/** What a request needs to know of its session. */
export type LiveSession = Readonly<
  Pick<
    Session,
    'id' | 'user_id' | 'created_at' | 'expires_at' | 'password_at' | 'second_factor_at' | 'refresh_salt'
  >
>;

const MAX_SESSIONS = 50_000;
const SESSION = 'session';

/** Live sessions by id, so that checking a token costs no query in the common case. */
@Injectable()
export class SessionCache {
  private readonly entries: TrustedCache<LiveSession>;
  private readonly sightings: Sightings;

  constructor(
    private readonly sessions: SessionRepository,
    private readonly notifications: Notifications,
    private readonly changes: AccessChanges,
    private readonly clock: Clock,
    log: Log,
    database: Database,
  ) {
    this.entries = new TrustedCache(notifications, MAX_SESSIONS);
    this.sightings = new Sightings((seen) => sessions.touch(seen), clock, log, database);
    notifications.on(SESSION, (id) => this.entries.forget(id));
    changes.onUser((userId) => this.entries.forgetWhere((session) => session.user_id === userId));
  }

  /** The session while it is alive, else null. */
  async live(id: string): Promise<LiveSession | null> {
    const session = await this.entries.get(id, () => this.sessions.live(id, this.clock.now()));
    return session && session.expires_at > this.clock.now() ? session : null;
  }

  /** Announces that a session changed or ended, when the surrounding transaction commits; at once on this node. */
  async changed(id: string): Promise<void> {
    await this.notifications.publish(SESSION, id);
    await this.notifications.afterCommit(() => this.entries.forget(id));
  }

  changedAllOf(userId: string): Promise<void> {
    return this.changes.ofUser(userId);
  }

  /** Notes a request of this session. */
  see(id: string): void {
    this.sightings.see(id);
  }
}
