import { Controller, Get } from '@nestjs/common';
import { Requires, type Actor, CurrentActor, OPERATOR } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { LearntCapabilitiesResponse } from './dto/capabilities.response.js';
import { ProvidersResponse } from './dto/providers.response.js';
import { ProvidersService } from './providers.service.js';

/** The providers that a client can choose from. */
@ApiTags('Conversations')
@Controller('api/ai')
export class ProvidersController {
  constructor(private readonly providers: ProvidersService) {}

  @Get('providers')
  @Requires('conversations:read')
  @Operation({ summary: 'List available AI providers', response: ProvidersResponse })
  listAiProviders(@CurrentActor() { userId }: Actor): Promise<ProvidersResponse> {
    return this.providers.list(userId);
  }

  @Get('providers/capabilities')
  @Requires('api:read', OPERATOR)
  @Operation({
    summary: 'List what this process has learnt from the refusals of AI providers',
    description: 'Requests are sent without what an endpoint has refused, until it is tried again.',
    response: LearntCapabilitiesResponse,
  })
  listLearntCapabilities(): LearntCapabilitiesResponse {
    return this.providers.listLearntCapabilities();
  }
}
