import { Controller, Get } from '@nestjs/common';
import { inOrganization } from '@/modules/organizations/index.js';
import { Requires, type Actor, CurrentActor, type OrganizationActor } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Query } from '@/platform/validation/index.js';
import { UsageQuery, UsageResponse } from './dto/usage.dto.js';
import { UsageService } from './usage.service.js';

/** Token usage per month. */
@ApiTags('Conversations')
@Controller('api')
export class UsageController {
  constructor(private readonly usage: UsageService) {}

  @Get('ai/usage')
  @Requires('conversations:read')
  @Operation({
    summary: 'Get your token usage of a month',
    description: 'With an API key: the usage of this key.',
    response: UsageResponse,
  })
  getAiUsage(@CurrentActor() actor: Actor, @Query() query: UsageQuery): Promise<UsageResponse> {
    return this.usage.getOwn(actor, query);
  }

  @Get('organizations/:org_id/ai-usage')
  @Requires('organizations:read', inOrganization('ai_usage.read'))
  @Operation({
    summary: "Get the token usage of an organization's API keys in a month",
    response: UsageResponse,
  })
  getOrganizationAiUsage(
    @CurrentActor() actor: OrganizationActor,
    @Query() query: UsageQuery,
  ): Promise<UsageResponse> {
    return this.usage.getForOrganization(actor, query);
  }
}
