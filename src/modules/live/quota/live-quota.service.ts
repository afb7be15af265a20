import { Injectable } from '@nestjs/common';
import type { Actor } from '@/platform/access/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { type LiveQuotaQuery, LiveQuotaResponse } from './dto/live-quota.dto.js';
import { LivePayerService } from './live-payer.service.js';
import { LivePlans } from './live-plans.js';
import { monthOf } from './live-quota.rules.js';
import { LiveQuotaRepository } from './persistence/live-quota.repository.js';

/** Shows how much time of live sessions is used and remains in this month. */
@Injectable()
export class LiveQuotaService {
  constructor(
    private readonly quotas: LiveQuotaRepository,
    private readonly payer: LivePayerService,
    private readonly plans: LivePlans,
    private readonly clock: Clock,
  ) {}

  /** Returns the quota of a user. Throws `organization_not_found` and `two_factor_required`. */
  async read(actor: Actor, { organization_id }: LiveQuotaQuery): Promise<LiveQuotaResponse> {
    return this.readPot(actor.userId, await this.payer.resolve(actor, organization_id));
  }

  /** Returns the quota of the embedded sessions of an organization. */
  readForEmbeds(organizationId: OrganizationId): Promise<LiveQuotaResponse> {
    return this.readPot(organizationId, organizationId);
  }

  private async readPot(subjectId: string, payerId: OrganizationId | null): Promise<LiveQuotaResponse> {
    const now = this.clock.now();
    const { limitsJson } = this.plans;
    const { plan, used_ms } = await this.quotas.find(subjectId, payerId, { now, limitsJson });
    const limitSeconds = this.plans.secondsOf(plan);
    const usedSeconds = Math.floor(used_ms / 1000);
    return LiveQuotaResponse.from({ plan, limitSeconds, usedSeconds }, monthOf(now));
  }
}
