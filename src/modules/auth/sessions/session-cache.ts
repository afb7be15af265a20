import { Injectable } from '@nestjs/common';
import { AccessChangeNotifier } from '@/platform/events/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Log } from '@/platform/logging/index.js';
import { Database, NotificationBus, LastSeenWriter, CoherentCache } from '@/platform/persistence/index.js';
import type { Session } from './persistence/session.entity.js';
import { SessionRepository } from './persistence/session.repository.js';

/** What a request needs to know of its session. */
export type ActiveSession = Readonly<
  Pick<
    Session,
    'id' | 'user_id' | 'created_at' | 'expires_at' | 'password_at' | 'second_factor_at' | 'refresh_salt'
  >
>;

const MAX_CACHED_SESSIONS = 50_000;
const SESSION_CHANNEL = 'session';

/** Live sessions by id, so that checking a token costs no query in the common case. */
@Injectable()
export class SessionCache {
  private readonly entries: CoherentCache<ActiveSession>;
  private readonly lastSeen: LastSeenWriter;

  constructor(
    private readonly sessions: SessionRepository,
    private readonly notifications: NotificationBus,
    private readonly accessChanges: AccessChangeNotifier,
    private readonly clock: Clock,
    log: Log,
    database: Database,
  ) {
    this.entries = new CoherentCache(notifications, MAX_CACHED_SESSIONS);
    this.lastSeen = new LastSeenWriter((seen) => sessions.updateLastSeen(seen), clock, log, database);
    notifications.subscribe(SESSION_CHANNEL, (id) => this.entries.invalidate(id));
    accessChanges.onUserAccessChanged((userId) =>
      this.entries.invalidateWhere((session) => session.user_id === userId),
    );
  }

  /** The session while it is alive, else null. */
  async findActive(id: string): Promise<ActiveSession | null> {
    const session = await this.entries.get(id, () => this.sessions.findActive(id, this.clock.now()));
    return session && session.expires_at > this.clock.now() ? session : null;
  }

  /** Announces that a session changed or ended, when the surrounding transaction commits; at once on this node. */
  async publishChange(id: string): Promise<void> {
    await this.notifications.publish(SESSION_CHANNEL, id);
    await this.notifications.afterCommit(() => this.entries.invalidate(id));
  }

  publishUserChange(userId: string): Promise<void> {
    return this.accessChanges.publishUserChange(userId);
  }

  /** Notes a request of this session. */
  markSeen(id: string): void {
    this.lastSeen.markSeen(id);
  }
}
