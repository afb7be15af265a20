import { Injectable } from '@nestjs/common';
import { IntegrationTokenAuthenticator } from '@/modules/integration-tokens/index.js';
import { requestContext } from '@/platform/context/index.js';
import { invalidField, platformErrors } from '@/platform/errors/index.js';
import { liveErrors } from '../live.errors.js';
import type { LiveQuotaQuery, LiveQuotaResponse } from './dto/live-quota.dto.js';
import { LiveQuotaService } from './live-quota.service.js';

/** Shows pages of partners the quota of the embedded sessions of an organization. */
@Injectable()
export class EmbedQuotaService {
  constructor(
    private readonly integrationTokens: IntegrationTokenAuthenticator,
    private readonly quotas: LiveQuotaService,
  ) {}

  /** Throws `token_invalid`, `origin_not_allowed` and `grant_scope_missing`. `origin` is absent outside of browsers. */
  async read(
    token: string,
    { organization_id }: LiveQuotaQuery,
    origin: string | undefined,
  ): Promise<LiveQuotaResponse> {
    const grant = await this.integrationTokens.authenticate(token);
    if (!grant) throw platformErrors.token_invalid();
    if (origin !== undefined && origin !== grant.origin) throw liveErrors.origin_not_allowed();
    // The page of the grant may also read why its request was refused.
    requestContext.setHeader('Access-Control-Allow-Origin', grant.origin);
    requestContext.setHeader('Vary', 'Origin');
    if (!grant.scopes.includes('quota:read'))
      throw liveErrors.grant_scope_missing({ data: { required_scope: 'quota:read' } });
    if (organization_id !== undefined)
      throw invalidField('organization_id', 'exclusive', 'cannot be sent together with an integration token');
    return this.quotas.readForEmbeds(grant.organizationId);
  }
}
