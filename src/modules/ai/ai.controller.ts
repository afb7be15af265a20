import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '../../platform/docs/reference.js';
import { Requires } from '../../platform/http/access.js';
import { type Actor, Caller, type OrganizationActor } from '../../platform/http/actor.js';
import { Operation } from '../../platform/http/operation.js';
import { inOrganization } from '../organizations/index.js';
import { ProvidersResponse } from './dto/providers.response.js';
import { UsageQuery, UsageResponse } from './dto/usage.dto.js';
import { ProvidersService } from './providers/providers.service.js';
import { UsageService } from './usage/usage.service.js';

@ApiTags('Conversations')
@Controller('api')
export class AiController {
  constructor(
    private readonly providers: ProvidersService,
    private readonly usage: UsageService,
  ) {}

  @Get('ai/providers')
  @Requires('conversations:read')
  @Operation({ summary: 'List AI providers with their models and how they are', answers: ProvidersResponse })
  listAiProviders(@Caller() { userId }: Actor): Promise<ProvidersResponse> {
    return this.providers.list(userId);
  }

  @Get('ai/usage')
  @Requires('conversations:read')
  @Operation({
    summary: 'Get the tokens you have used in a month',
    description: 'With an API key: what was used through this key.',
    answers: UsageResponse,
  })
  getAiUsage(@Caller() actor: Actor, @Query() query: UsageQuery): Promise<UsageResponse> {
    return this.usage.own(actor, query);
  }

  @Get('organizations/:org_id/ai-usage')
  @Requires('organizations:read', inOrganization('ai_usage.read'))
  @Operation({
    summary: 'Get the tokens used through the API keys of an organization in a month',
    answers: UsageResponse,
  })
  getOrganizationAiUsage(
    @Caller() actor: OrganizationActor,
    @Query() query: UsageQuery,
  ): Promise<UsageResponse> {
    return this.usage.ofOrganization(actor, query);
  }
}
