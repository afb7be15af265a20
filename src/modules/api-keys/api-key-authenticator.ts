import { Injectable } from '@nestjs/common';
import { type ApiKeyActor, ApiKeyResolver } from '@/platform/access/actor.js';
import { platformErrors } from '@/platform/errors/index.js';
import { ApiKeyCache } from './api-key-cache.js';
import { apiKeyErrors } from './api-keys.errors.js';
import { isAddressAllowed, isApiKey, scopesForRole } from './api-keys.rules.js';

/** Makes the actor of a request from its API key: the person who made it, in one organization, with its scopes. */
@Injectable()
export class ApiKeyAuthenticator extends ApiKeyResolver {
  constructor(private readonly cache: ApiKeyCache) {
    super();
  }

  async resolve(key: string, ip: string): Promise<ApiKeyActor | null> {
    const apiKey = isApiKey(key) ? await this.cache.findUsable(key) : null;
    if (!apiKey) return null;
    if (!isAddressAllowed(apiKey.allowedAddresses, ip)) throw apiKeyErrors.ip_not_allowed();
    if (apiKey.enforce_2fa && !(apiKey.second_factor && apiKey.creator_has_second_factor))
      throw platformErrors.two_factor_required();
    this.cache.markUsed(apiKey.id);
    return {
      via: 'api_key',
      userId: apiKey.created_by,
      secondFactor: apiKey.second_factor && apiKey.creator_has_second_factor,
      keyId: apiKey.id,
      organizationId: apiKey.organization_id,
      scopes: scopesForRole(apiKey.role, apiKey.scopes),
    };
  }
}
