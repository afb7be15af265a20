import { Injectable } from '@nestjs/common';
import type { SessionActor } from '@/platform/access/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { PageWindow } from '@/platform/pagination/index.js';
import { AuditLogService, OrganizationAccessService } from '../organizations/index.js';
import { ApiKeyCache } from './api-key-cache.js';
import { apiKeyErrors } from './api-keys.errors.js';
import type { ApiKey } from './persistence/api-key.entity.js';
import { ApiKeyRepository, type ApiKeyRow } from './persistence/api-key.repository.js';

/**
 * Reads and changes keys on behalf of a session. Each change writes an audit entry and invalidates the caches of all
 * nodes; the caller must have opened a transaction.
 */
@Injectable()
export class AuditedApiKeys {
  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly cache: ApiKeyCache,
    private readonly access: OrganizationAccessService,
    private readonly audit: AuditLogService,
  ) {}

  async create(actor: SessionActor, key: ApiKey): Promise<void> {
    await this.keys.insert(key);
    await this.audit.record(actor, {
      organizationId: key.organization_id,
      action: 'api_key.created',
      target: { type: 'api_key', id: key.id },
      details: { scopes: key.scopes },
    });
  }

  list(
    actor: SessionActor,
    organizationId: OrganizationId | null,
    window: PageWindow<string>,
  ): Promise<ApiKeyRow[]> {
    return this.keys.list(actor.userId, { organizationId, hasSecondFactor: actor.secondFactor }, window);
  }

  /**
   * Returns a key of the actor, or of an organization the actor administers. Throws `api_key_not_found`, and
   * `two_factor_required` when the organization of the key enforces a second factor the session has not given.
   */
  async find(actor: SessionActor, id: string): Promise<ApiKeyRow> {
    const key = await this.keys.find(actor.userId, id);
    if (!key) throw apiKeyErrors.api_key_not_found();
    await this.access.authorizeIn(actor, key.organization_id, 'api_keys.create');
    return key;
  }

  /** Throws `api_key_not_found` when a concurrent request has deleted the key. */
  async delete(actor: SessionActor, key: ApiKeyRow): Promise<void> {
    if (!(await this.keys.delete(key.organization_id, key.id))) throw apiKeyErrors.api_key_not_found();
    await this.cache.invalidate(key.id);
    await this.audit.record(actor, {
      organizationId: key.organization_id,
      action: 'api_key.deleted',
      target: { type: 'api_key', id: key.id },
    });
  }

  /** Throws `api_key_not_found` unless the actor is the creator of the key. */
  async resume(actor: SessionActor, key: ApiKeyRow, now: Date): Promise<void> {
    if (!(await this.keys.resume(key.organization_id, actor.userId, key.id, now)))
      throw apiKeyErrors.api_key_not_found();
    await this.cache.invalidate(key.id);
    await this.audit.record(actor, {
      organizationId: key.organization_id,
      action: 'api_key.resumed',
      target: { type: 'api_key', id: key.id },
    });
  }
}
