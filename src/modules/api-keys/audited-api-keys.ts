import { Injectable } from '@nestjs/common';
import type { SessionActor } from '@/platform/access/actor.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { PageWindow } from '@/platform/pagination/page.js';
import { AuditLogService, OrganizationAccessService } from '../organizations/index.js';
import { ApiKeyCache } from './api-key-cache.js';
import { apiKeyErrors } from './api-keys.errors.js';
import type { ApiKey } from './persistence/api-key.entity.js';
import { ApiKeyRepository, type ApiKeyRow } from './persistence/api-key.repository.js';

/** The rows of keys with what goes with every change of them: the audit log, and the caches of all nodes. */
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
    await this.record(actor, 'api_key.created', key, { scopes: key.scopes });
  }

  list(
    actor: SessionActor,
    organizationId: OrganizationId | null,
    window: PageWindow<string>,
  ): Promise<ApiKeyRow[]> {
    return this.keys.list(actor.userId, { organizationId, hasSecondFactor: actor.secondFactor }, window);
  }

  /** Throws `api_key_not_found` for a key that is none of the actor's business. */
  async find(actor: SessionActor, id: string): Promise<ApiKeyRow> {
    const key = await this.keys.find(actor.userId, id);
    if (!key) throw apiKeyErrors.api_key_not_found();
    await this.access.authorizeIn(actor, key.organization_id, 'api_keys.create');
    return key;
  }

  async delete(actor: SessionActor, key: ApiKeyRow): Promise<void> {
    if (!(await this.keys.delete(key.organization_id, key.id))) throw apiKeyErrors.api_key_not_found();
    await this.cache.invalidate(key.id);
    await this.record(actor, 'api_key.deleted', key);
  }

  async resume(actor: SessionActor, key: ApiKeyRow, now: Date): Promise<void> {
    if (!(await this.keys.resume(key.organization_id, actor.userId, key.id, now)))
      throw apiKeyErrors.api_key_not_found();
    await this.cache.invalidate(key.id);
    await this.record(actor, 'api_key.resumed', key);
  }

  private async record(
    actor: SessionActor,
    action: 'api_key.created' | 'api_key.deleted' | 'api_key.resumed',
    { id, organization_id }: Pick<ApiKey, 'id' | 'organization_id'>,
    details: Record<string, unknown> = {},
  ): Promise<void> {
    const target = { type: 'api_key', id } as const;
    await this.audit.record(actor, { organizationId: organization_id, action, target, details });
  }
}
