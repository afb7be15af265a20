import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../../../platform/kernel/clock.js';
import { Log } from '../../../platform/logging/index.js';
import { Database, Notifications } from '../../../platform/persistence/index.js';
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
const TOUCH_MS = 60_000;
const FLUSH_MS = 15_000;
const SESSION = 'session';
const USER = 'sessions-of';

/**
 * Live sessions by id, so that checking a token costs no query in the common case. Every change is announced
 * to all nodes; an entry is used only while announcements are known to arrive, and one loaded while something
 * was announced is not kept.
 */
@Injectable()
export class SessionCache {
  private readonly entries = new LRUCache<string, LiveSession>({ max: MAX_SESSIONS });
  private readonly touched = new LRUCache<string, number>({ max: MAX_SESSIONS });
  private readonly seen = new Map<string, Date>();
  private readonly flusher = setInterval(() => void this.flush(), FLUSH_MS).unref();
  private version = 0;

  constructor(
    private readonly sessions: SessionRepository,
    private readonly notifications: Notifications,
    private readonly clock: Clock,
    private readonly log: Log,
    database: Database,
  ) {
    database.beforeClose(() => this.stop());
    notifications.on(SESSION, (id) => this.forget(id));
    notifications.on(USER, (userId) => this.forgetAllOf(userId));
    notifications.onReset(() => this.forgetEverything());
  }

  /** The session while it is alive, else null. */
  async live(id: string): Promise<LiveSession | null> {
    const known = this.notifications.trusted ? this.entries.get(id) : undefined;
    const session = known ?? (await this.load(id));
    return session && session.expires_at > this.clock.now() ? session : null;
  }

  /** Announces that a session changed or ended, when the surrounding transaction commits; at once on this node. */
  async changed(id: string): Promise<void> {
    await this.notifications.publish(SESSION, id);
    await this.notifications.afterCommit(() => this.forget(id));
  }

  async changedAllOf(userId: string): Promise<void> {
    await this.notifications.publish(USER, userId);
    await this.notifications.afterCommit(() => this.forgetAllOf(userId));
  }

  /** Notes a request; written for many sessions together, at most once a minute each. */
  see(id: string): void {
    const now = this.clock.millis();
    if (now - (this.touched.get(id) ?? 0) < TOUCH_MS) return;
    this.touched.set(id, now);
    this.seen.set(id, this.clock.now());
  }

  private async load(id: string): Promise<LiveSession | null> {
    const version = this.version;
    const session = await this.sessions.live(id, this.clock.now());
    if (session && version === this.version && this.notifications.trusted) this.entries.set(id, session);
    return session ?? null;
  }

  private async flush(): Promise<void> {
    if (this.seen.size === 0) return;
    const batch = new Map(this.seen);
    this.seen.clear();
    await this.sessions
      .touch(batch)
      .catch((error: unknown) => this.log.error('sessions.touch_failed', error));
  }

  private async stop(): Promise<void> {
    clearInterval(this.flusher);
    await this.flush();
  }

  private forget(id: string): void {
    this.version += 1;
    this.entries.delete(id);
  }

  private forgetAllOf(userId: string): void {
    this.version += 1;
    for (const [id, session] of this.entries.entries())
      if (session.user_id === userId) this.entries.delete(id);
  }

  private forgetEverything(): void {
    this.version += 1;
    this.entries.clear();
  }
}
