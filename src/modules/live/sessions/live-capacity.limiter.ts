import { Injectable } from '@nestjs/common';
import { OrganizationAccessService } from '@/modules/organizations/index.js';
import { Config } from '@/platform/config/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { liveErrors } from '../live.errors.js';
import { HEARTBEAT_SECONDS } from './live-session.rules.js';
import { LiveSessionRepository } from './persistence/live-session.repository.js';

/** Limits the sessions that an organization pays at the same time. */
@Injectable()
export class LiveCapacityLimiter {
  constructor(
    private readonly sessions: LiveSessionRepository,
    private readonly access: OrganizationAccessService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Locks the organization until the surrounding transaction ends, so that parallel starts are counted one after the other. */
  async lock(payerId: OrganizationId | null): Promise<void> {
    if (payerId !== null) await this.access.lockOrganizations(payerId);
  }

  /** Throws `live_sessions_limit_reached` when the organization has more active sessions than it may have. */
  async check(payerId: OrganizationId | null): Promise<void> {
    if (payerId === null) return;
    const count = await this.sessions.countActive(payerId, this.clock.now());
    if (count > this.config.live.maxSessionsPerOrganization)
      throw liveErrors.live_sessions_limit_reached({ retryAfter: HEARTBEAT_SECONDS });
  }
}
