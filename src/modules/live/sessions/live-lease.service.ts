import { Injectable } from '@nestjs/common';
import type { Owner } from '@/modules/organizations/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { LivePlans } from '../quota/live-plans.js';
import { toRemainingSeconds } from '../quota/live-quota.rules.js';
import { LiveSessionEndings } from './live-session-endings.js';
import { LEASE_SECONDS, type LiveEndReason } from './live-session.rules.js';
import { LiveLeaseRepository } from './persistence/live-lease.repository.js';
import { LiveSessionRepository } from './persistence/live-session.repository.js';
import type { ExtendedLiveSession } from './persistence/live-session.row.js';

/** `ended` without a reason: the session does not exist any more. */
export type LiveLeaseState =
  | { state: 'active'; remainingSeconds: number | null; attachment: number }
  | { state: 'ended'; reason: LiveEndReason | null };

/**
 * The leases of sessions. A session is active while signs of life follow each other within 45 seconds; each one takes the time
 * of the lease from the quota before it is used, so the used time never exceeds the quota, whatever clients and processes do.
 */
@Injectable()
export class LiveLeaseService {
  constructor(
    private readonly leases: LiveLeaseRepository,
    private readonly sessions: LiveSessionRepository,
    private readonly endings: LiveSessionEndings,
    private readonly plans: LivePlans,
    private readonly clock: Clock,
  ) {}

  /**
   * Extends the lease of a session: to be called every 15 seconds while a socket is attached and answers pings. Ends the session
   * when its quota is used. `remainingSeconds` is null for an unlimited plan.
   */
  async extend(sessionId: string): Promise<LiveLeaseState> {
    const session = await this.grant(sessionId);
    if (session && !this.isUsedUp(session)) {
      const { attachment } = session;
      return { state: 'active', remainingSeconds: this.remainingSecondsOf(session), attachment };
    }
    if (session) await this.endings.end([sessionId], 'quota');
    else await this.endings.end([sessionId], 'silent', { onlyOverdue: true });
    const reason = (await this.sessions.find(sessionId))?.end_reason ?? null;
    return { state: 'ended', reason };
  }

  /** Like `extend`, for many sessions of different owners or tenants: in one statement, unless some of them end. */
  async extendMany(sessionIds: readonly string[]): Promise<Map<string, LiveLeaseState>> {
    const now = this.clock.now();
    const states = new Map<string, LiveLeaseState>();
    for (const session of await this.leases.extendMany(sessionIds, now, this.plans.limitsJson)) {
      if (endsAtMonth(session, now) || this.isUsedUp(session)) continue;
      const { id, attachment } = session;
      states.set(id, { state: 'active', remainingSeconds: this.remainingSecondsOf(session), attachment });
    }
    for (const id of sessionIds) if (!states.has(id)) states.set(id, await this.extend(id));
    return states;
  }

  /** Ends a session. Returns false when it was not active. */
  async end(sessionId: string, reason: LiveEndReason): Promise<boolean> {
    return (await this.endings.end([sessionId], reason)).length > 0;
  }

  /**
   * Extends the lease, but ends no session. Returns undefined when there is no active session, or its lease has run out. With an
   * owner, only sessions of the owner are found. `now` is the start of a new session, whose lease begins then.
   */
  async grant(
    id: string,
    { owner, now = this.clock.now() }: { owner?: Owner; now?: Date } = {},
  ): Promise<ExtendedLiveSession | undefined> {
    const { limitsJson } = this.plans;
    const extend = (): Promise<ExtendedLiveSession | undefined> =>
      owner ? this.leases.extendOwn(owner, id, now, limitsJson) : this.leases.extend(id, now, limitsJson);
    const session = await extend();
    if (session && !endsAtMonth(session, now)) return session;
    // The first lease of a month needs the pot of the month.
    await this.leases.openPot(id);
    return extend();
  }

  /** Like `grant` for a session of the owner, in one statement with concurrent calls. */
  async grantBatched(owner: Owner, id: string): Promise<ExtendedLiveSession | undefined> {
    const now = this.clock.now();
    const { limitsJson } = this.plans;
    const session = await this.leases.extendOwnBatched({ owner, id, now, limitsJson });
    return session && !endsAtMonth(session, now) ? session : this.grant(id, { owner });
  }

  /** Returns whether the quota is used at the present time. */
  isUsedUp(session: ExtendedLiveSession): boolean {
    const remaining = this.remainingMillisecondsOf(session);
    return remaining !== null && remaining <= 0;
  }

  /** Returns the whole seconds that remain of the quota; null: unlimited. */
  remainingSecondsOf(session: ExtendedLiveSession): number | null {
    const remaining = this.remainingMillisecondsOf(session);
    return remaining === null ? null : toRemainingSeconds(remaining);
  }

  /** The time from now until the end of the lease was taken from the pot, but is not used yet. */
  private remainingMillisecondsOf({ limit_ms, used_ms, lease_until }: ExtendedLiveSession): number | null {
    if (limit_ms === null) return null;
    return limit_ms - used_ms + Math.max(0, lease_until.getTime() - this.clock.millis());
  }
}

/** Returns whether the lease ends early, and not because of the quota: it never crosses the end of a month. */
function endsAtMonth({ lease_until, quota_reached }: ExtendedLiveSession, now: Date): boolean {
  return !quota_reached && lease_until.getTime() < now.getTime() + LEASE_SECONDS * 1000;
}
