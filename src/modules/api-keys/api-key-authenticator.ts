import { Injectable } from '@nestjs/common';
import { type KeyActor, KeyResolver } from '@/platform/access/actor.js';
import { platformErrors } from '@/platform/errors/index.js';
import { KeyCache } from './api-key-cache.js';
import { apiKeyErrors } from './api-keys.errors.js';
import { isAllowed, isKey, scopesUnder } from './api-keys.rules.js';

/** Makes the actor of a request from its API key: the person who made it, in one organization, with its scopes. */
@Injectable()
export class KeyActors extends KeyResolver {
  constructor(private readonly keys: KeyCache) {
    super();
  }

  async resolve(key: string, ip: string): Promise<KeyActor | null> {
    const live = isKey(key) ? await this.keys.usable(key) : null;
    if (!live) return null;
    if (!isAllowed(live.allowed, ip)) throw apiKeyErrors.ip_not_allowed();
    if (live.enforce_2fa && !(live.second_factor && live.maker_has_factor))
      throw platformErrors.two_factor_required();
    this.keys.see(live.id);
    return {
      via: 'api_key',
      userId: live.created_by,
      secondFactor: live.second_factor && live.maker_has_factor,
      keyId: live.id,
      organizationId: live.organization_id,
      scopes: scopesUnder(live.role, live.scopes),
    };
  }
}
