import { Controller, Put } from '@nestjs/common';
import { organizationErrors } from '@/modules/organizations/index.js';
import { type Actor, CurrentActor, OPERATOR, Requires } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Body, PathId } from '@/platform/validation/index.js';
import { LivePlanRequest, LivePlanResponse } from './dto/live-plan.dto.js';
import { LivePlanService } from './live-plan.service.js';

@ApiTags('Xentree Live')
@Controller('api/admin/organizations/:org_id/live-plan')
export class LivePlanController {
  constructor(private readonly plans: LivePlanService) {}

  @Put()
  @Requires('api:write', OPERATOR)
  @Operation({
    summary: 'Set the plan of an organization for live sessions',
    description: 'The plan counts from the next heartbeat of a session.',
    response: LivePlanResponse,
    errors: [organizationErrors.organization_not_found],
  })
  setLivePlan(
    @CurrentActor() actor: Actor,
    @PathId('org_id', organizationErrors.organization_not_found) id: string,
    @Body() request: LivePlanRequest,
  ): Promise<LivePlanResponse> {
    return this.plans.setPlan(actor, id, request);
  }
}
