import { Controller, Get, Headers } from '@nestjs/common';
import { organizationErrors } from '@/modules/organizations/index.js';
import {
  AcceptsCredentialsInQuery,
  AcceptsOtherBearerTokens,
  type Actor,
  BearerToken,
  CurrentActor,
  Requires,
} from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Query } from '@/platform/validation/index.js';
import { liveErrors as errors } from '../live.errors.js';
import { LiveQuotaQuery, LiveQuotaResponse } from './dto/live-quota.dto.js';
import { EmbedQuotaService } from './embed-quota.service.js';
import { LiveQuotaService } from './live-quota.service.js';

@ApiTags('Xentree Live')
@Controller('api/live/quota')
export class LiveQuotaController {
  constructor(
    private readonly quotas: LiveQuotaService,
    private readonly embedQuotas: EmbedQuotaService,
  ) {}

  @Get()
  @Requires('live:read')
  @AcceptsCredentialsInQuery('integration_token')
  @AcceptsOtherBearerTokens()
  @Operation({
    summary: 'Get remaining Xentree Live quota',
    description:
      'The seconds of this month, in UTC. Your sessions in all organizations count together. With an integration token, pages of its ' +
      'origin read the quota of the embedded sessions of its organization.',
    response: LiveQuotaResponse,
    errors: [
      organizationErrors.organization_not_found,
      platformErrors.two_factor_required,
      errors.origin_not_allowed,
      errors.grant_scope_missing,
    ],
    anyPreflight: true,
  })
  getLiveQuota(
    @CurrentActor() actor: Actor | null,
    @BearerToken() token: string | undefined,
    @Query() query: LiveQuotaQuery,
    @Headers('origin') origin: string | undefined,
  ): Promise<LiveQuotaResponse> {
    return actor
      ? this.quotas.read(actor, query)
      : this.embedQuotas.read(query.integration_token ?? token ?? '', query, origin);
  }
}
