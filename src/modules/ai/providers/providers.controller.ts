import { Controller, Get, Query } from '@nestjs/common';
import { inOrganization } from '@/modules/organizations/index.js';
import { Requires } from '@/platform/access/access.js';
import { type Actor, CurrentActor, type OrganizationActor } from '@/platform/access/actor.js';
import { Operation } from '@/platform/http/operation.js';
import { ApiTags } from '@/platform/openapi/lazy-decorators.js';
import { UsageQuery, UsageResponse } from '../usage/dto/usage.dto.js';
import { UsageService } from '../usage/usage.service.js';
import { ProvidersResponse } from './dto/providers.response.js';
import { ProvidersService } from './providers.service.js';

@ApiTags('Conversations')
@Controller('api')
export class ProvidersController {
  constructor(
    private readonly providers: ProvidersService,
    private readonly usage: UsageService,
  ) {}

  @Get('ai/providers')
  @Requires('conversations:read')
  @Operation({ summary: 'List AI providers with their models and how they are', response: ProvidersResponse })
  listAiProviders(@CurrentActor() { userId }: Actor): Promise<ProvidersResponse> {
    return this.providers.list(userId);
  }

  @Get('ai/usage')
  @Requires('conversations:read')
  @Operation({
    summary: 'Get the tokens you have used in a month',
    description: 'With an API key: what was used through this key.',
    response: UsageResponse,
  })
  getAiUsage(@CurrentActor() actor: Actor, @Query() query: UsageQuery): Promise<UsageResponse> {
    return this.usage.getOwn(actor, query);
  }

  @Get('organizations/:org_id/ai-usage')
  @Requires('organizations:read', inOrganization('ai_usage.read'))
  @Operation({
    summary: 'Get the tokens used through the API keys of an organization in a month',
    response: UsageResponse,
  })
  getOrganizationAiUsage(
    @CurrentActor() actor: OrganizationActor,
    @Query() query: UsageQuery,
  ): Promise<UsageResponse> {
    return this.usage.getForOrganization(actor, query);
  }
}
