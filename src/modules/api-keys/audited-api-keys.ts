import { Injectable } from '@nestjs/common';
import type { SessionActor } from '@/platform/access/actor.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { Window } from '@/platform/pagination/page.js';
import { AuditLog, Gate } from '../organizations/index.js';
import { KeyCache } from './api-key-cache.js';
import { apiKeyErrors } from './api-keys.errors.js';
import type { ApiKey } from './persistence/api-key.entity.js';
import { ApiKeyRepository, type KeyRow } from './persistence/api-key.repository.js';

/** The rows of keys with what goes with every change of them: the audit log, and the caches of all nodes. */
@Injectable()
export class ApiKeyBook {
  constructor(
    private readonly keys: ApiKeyRepository,
    private readonly cache: KeyCache,
    private readonly gate: Gate,
    private readonly audit: AuditLog,
  ) {}

  async add(actor: SessionActor, key: ApiKey): Promise<void> {
    await this.keys.insert(key);
    await this.record(actor, 'api_key.created', key, { scopes: key.scopes });
  }

  list(
    actor: SessionActor,
    organizationId: OrganizationId | null,
    window: Window<string>,
  ): Promise<KeyRow[]> {
    return this.keys.list(actor.userId, { organizationId, provedFactor: actor.secondFactor }, window);
  }

  /** Throws `api_key_not_found` for a key that is none of the actor's business. */
  async find(actor: SessionActor, id: string): Promise<KeyRow> {
    const key = await this.keys.find(actor.userId, id);
    if (!key) throw apiKeyErrors.api_key_not_found();
    await this.gate.enter(actor, key.organization_id, 'api_keys.create');
    return key;
  }

  async remove(actor: SessionActor, key: KeyRow): Promise<void> {
    if (!(await this.keys.delete(key.organization_id, key.id))) throw apiKeyErrors.api_key_not_found();
    await this.cache.ended(key.id);
    await this.record(actor, 'api_key.deleted', key);
  }

  async arm(actor: SessionActor, key: KeyRow, now: Date): Promise<void> {
    if (!(await this.keys.arm(key.organization_id, actor.userId, key.id, now)))
      throw apiKeyErrors.api_key_not_found();
    await this.cache.ended(key.id);
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
