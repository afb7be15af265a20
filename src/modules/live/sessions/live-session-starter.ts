import { Injectable } from '@nestjs/common';
import type { Owner } from '@/modules/organizations/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { liveErrors, liveQuotaExceeded, toEndedError } from '../live.errors.js';
import { LiveCapacityLimiter } from './live-capacity.limiter.js';
import { LiveLeaseService } from './live-lease.service.js';
import { LiveSettingsPolicy } from './live-settings.policy.js';
import { LiveSessionRepository, type NewLiveSession } from './persistence/live-session.repository.js';
import type { ExtendedLiveSession } from './persistence/live-session.row.js';

/** Parallel requests can start and end the session between two statements; then the start is tried again. */
const MAX_ATTEMPTS = 5;

export type LiveSessionSettings = Pick<
  NewLiveSession,
  'session_type' | 'language' | 'voice' | 'instructions' | 'module_id' | 'use_knowledge' | 'provider'
>;

/** An integration token with the scope `live:use`, verified. */
export interface EmbedGrant {
  jti: string;
  organizationId: OrganizationId;
}

/** Starts sessions. A user has one active session at most, and an integration token has one session. */
@Injectable()
export class LiveSessionStarter {
  constructor(
    private readonly sessions: LiveSessionRepository,
    private readonly leases: LiveLeaseService,
    private readonly capacity: LiveCapacityLimiter,
    private readonly policy: LiveSettingsPolicy,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Returns the active session of the owner, or a new one. Throws `live_session_active` when the user has one that this owner
   * does not see, `live_quota_exceeded`, `live_sessions_limit_reached`, and the errors of {@link LiveSettingsPolicy.assertPossible}.
   */
  async start(
    owner: Owner,
    payerId: OrganizationId | null,
    settings: LiveSessionSettings,
  ): Promise<{ session: ExtendedLiveSession; isNew: boolean }> {
    this.policy.assertPossible(settings);
    const subject = { owner_id: owner.userId, organization_id: owner.organizationId, integration_jti: null };
    return this.resumeOrCreate(() => this.resumeOwn(owner), { ...subject, payer_id: payerId, ...settings });
  }

  /** Returns the session of an integration token, or a new one. Throws `live_session_ended` when it has ended. */
  async startEmbedded(
    { jti, organizationId }: EmbedGrant,
    settings: LiveSessionSettings,
  ): Promise<ExtendedLiveSession> {
    const subject = { owner_id: null, organization_id: organizationId, integration_jti: jti };
    const resume = async (): Promise<ExtendedLiveSession | undefined> => {
      const session = await this.sessions.findByJti(jti, organizationId);
      return session && this.resume(session.id);
    };
    const embedded = { ...subject, payer_id: organizationId, ...settings };
    return (await this.resumeOrCreate(resume, embedded)).session;
  }

  /** Extends an active session. Throws when it has ended, or ends because of its quota. */
  async resume(id: string): Promise<ExtendedLiveSession> {
    const session = await this.leases.grant(id);
    if (session && !this.leases.isUsedUp(session)) return session;
    const state = await this.leases.extend(id);
    if (state.state === 'active') return this.resume(id);
    throw toEndedError(state.reason, this.clock.now());
  }

  private async resumeOrCreate(
    resume: () => Promise<ExtendedLiveSession | undefined>,
    session: Omit<NewLiveSession, 'id' | 'started_at'>,
  ): Promise<{ session: ExtendedLiveSession; isNew: boolean }> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const active = await resume();
      if (active) return { session: active, isNew: false };
      const created = await this.create(session);
      if (created) return { session: created, isNew: true };
    }
    throw platformErrors.overloaded({ retryAfter: 1 });
  }

  /** A session whose lease has run out ends here, and does not prevent another one. */
  private async resumeOwn(owner: Owner): Promise<ExtendedLiveSession | undefined> {
    const active = await this.sessions.findActive(owner);
    if (!active) return undefined;
    const isOverdue = active.lease_until < this.clock.now();
    if (!active.is_own && !isOverdue) throw liveErrors.live_session_active();
    const session = isOverdue ? undefined : await this.leases.grant(active.id);
    if (session && !this.leases.isUsedUp(session)) return session;
    await this.leases.extend(active.id);
    return undefined;
  }

  /** Returns undefined when a parallel request was faster. */
  private create(
    session: Omit<NewLiveSession, 'id' | 'started_at'>,
  ): Promise<ExtendedLiveSession | undefined> {
    return this.unitOfWork.run(async () => {
      await this.capacity.lock(session.payer_id);
      const now = this.clock.now();
      const row = await this.sessions.insert({ ...session, id: newId(), started_at: now });
      if (!row) return undefined;
      await this.capacity.check(session.payer_id);
      const granted = await this.leases.grant(row.id, { now });
      if (!granted || this.leases.isUsedUp(granted)) throw liveQuotaExceeded(now);
      return granted;
    });
  }
}
