import { Injectable } from '@nestjs/common';
import {
  AuditLogService,
  OrganizationAccessService,
  organizationErrors,
} from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/index.js';
import { invalidField } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { LivePlanRequest, LivePlanResponse } from './dto/live-plan.dto.js';
import { LivePlans } from './live-plans.js';
import { LiveQuotaRepository } from './persistence/live-quota.repository.js';

/** Changes the plans of organizations on behalf of operators. */
@Injectable()
export class LivePlanService {
  constructor(
    private readonly quotas: LiveQuotaRepository,
    private readonly plans: LivePlans,
    private readonly access: OrganizationAccessService,
    private readonly audit: AuditLogService,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Sets the plan, which counts from the next heartbeat of a session. Throws `organization_not_found`. */
  async setPlan(actor: Actor, id: string, { plan }: LivePlanRequest): Promise<LivePlanResponse> {
    if (!this.plans.isPlan(plan))
      throw invalidField('plan', 'one_of', `must be one of ${this.plans.names.join(', ')}`);
    const organizationId = id as OrganizationId; // an operator may act on every organization
    await this.unitOfWork.run(async () => {
      await this.access.lockOrganizations(organizationId);
      const from = await this.quotas.findPlan(organizationId, this.plans.limitsJson);
      if (from === undefined) throw organizationErrors.organization_not_found();
      if (from === plan) return;
      await this.quotas.setPlan(organizationId, plan, this.clock.now());
      await this.audit.record(actor, {
        organizationId,
        action: 'organization.live_plan_changed',
        target: { type: 'organization', id },
        details: { from, to: plan },
      });
    });
    return { organization_id: id, plan, limit_seconds: this.plans.secondsOf(plan) };
  }
}
