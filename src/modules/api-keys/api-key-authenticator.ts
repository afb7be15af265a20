import { Injectable } from '@nestjs/common';
import { type ApiKeyActor, ApiKeyResolver } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { isAddressAllowed } from './allowed-addresses.rules.js';
import { ApiKeyCache } from './api-key-cache.js';
import { apiKeyErrors } from './api-keys.errors.js';
import { isApiKey, scopesForRole } from './api-keys.rules.js';

/** Authenticates a request by its API key. The actor is the creator of the key, limited to one organization. */
@Injectable()
export class ApiKeyAuthenticator extends ApiKeyResolver {
  constructor(private readonly cache: ApiKeyCache) {
    super();
  }

  /**
   * Returns the actor of a key, or null for an unknown, expired, suspended or malformed one. Throws
   * `ip_not_allowed`, and `two_factor_required` when the organization enforces a second factor and either the key
   * was created without one or its creator has none now.
   */
  async resolve(key: string, ip: string): Promise<ApiKeyActor | null> {
    const apiKey = isApiKey(key) ? await this.cache.findUsable(key) : null;
    if (!apiKey) return null;
    if (!isAddressAllowed(apiKey.allowedAddresses, ip)) throw apiKeyErrors.ip_not_allowed();
    const secondFactor = apiKey.second_factor && apiKey.creator_has_second_factor;
    if (apiKey.enforce_2fa && !secondFactor) throw platformErrors.two_factor_required();
    this.cache.markUsed(apiKey.id);
    return {
      via: 'api_key',
      userId: apiKey.created_by,
      secondFactor,
      keyId: apiKey.id,
      organizationId: apiKey.organization_id,
      scopes: scopesForRole(apiKey.role, apiKey.scopes),
    };
  }

  listUsable(keyIds: readonly string[]): Promise<string[]> {
    return this.cache.listUsable(keyIds);
  }
}
