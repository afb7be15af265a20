import { Injectable } from '@nestjs/common';
import type { OrganizationActor, SessionActor } from '@/platform/access/index.js';
import { invalidField } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Entropy } from '@/platform/kernel/entropy.js';
import { newId } from '@/platform/kernel/ids.js';
import { windowById, toPage } from '@/platform/pagination/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { OrganizationAccessService, organizationErrors } from '../organizations/index.js';
import { canGrantScopes, hashApiKey, KEY_BYTES, KEY_PREFIX, toDisplayPrefix } from './api-keys.rules.js';
import { AuditedApiKeys } from './audited-api-keys.js';
import type { ApiKeyQuery, CreateApiKeyRequest } from './dto/api-key.requests.js';
import { ApiKeyResponse, type NewApiKeyResponse } from './dto/api-key.responses.js';
import type { ApiKey } from './persistence/api-key.entity.js';

type ApiKeyCreator = OrganizationActor & SessionActor;

/** Creates, lists, deletes and reactivates API keys on behalf of signed-in users. */
@Injectable()
export class ApiKeysService {
  constructor(
    private readonly auditedKeys: AuditedApiKeys,
    private readonly access: OrganizationAccessService,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly entropy: Entropy,
  ) {}

  /**
   * Creates a key. The response is the only one that contains the key itself. Throws `role_insufficient` for a scope
   * that the role of the creator does not allow; the role cannot change before the transaction ends.
   */
  async create(actor: ApiKeyCreator, request: CreateApiKeyRequest): Promise<NewApiKeyResponse> {
    const now = this.clock.now();
    if (request.expires_at && request.expires_at <= now)
      throw invalidField('expires_at', 'future', 'must be in the future');
    const key = `${KEY_PREFIX}${this.entropy.token(KEY_BYTES)}`;
    const row = buildRow(actor, request, key, now);
    return this.unitOfWork.run(async () => {
      const authorized = await this.access.lockAndReauthorize(actor, 'api_keys.create', { share: true });
      const { role } = authorized.organization;
      if (!canGrantScopes(role, row.scopes))
        throw organizationErrors.role_insufficient({ data: { role, scopes: row.scopes } });
      await this.auditedKeys.create(actor, row);
      return { ...ApiKeyResponse.from({ ...row, suspended: false }), key };
    });
  }

  /** Throws `organization_not_found` when the query names an organization the actor does not belong to. */
  async list(actor: SessionActor, query: ApiKeyQuery): Promise<ApiKeyResponse[]> {
    const window = windowById(query);
    const requestedId = query.organization_id?.toLowerCase();
    const membership =
      requestedId === undefined ? null : await this.access.authorizeIn(actor, requestedId, 'api_keys.create');
    const rows = await this.auditedKeys.list(actor, membership?.organization_id ?? null, window);
    return toPage(window, rows, ({ id }) => id).map((row) => ApiKeyResponse.from(row));
  }

  /** Deletes a key of the actor, or of an organization the actor administers. The next request with it is refused. */
  async delete(actor: SessionActor, id: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      const key = await this.auditedKeys.find(actor, id);
      await this.auditedKeys.delete(actor, key);
    });
  }

  /** Reactivates a key of the actor after a password reset or a deactivation of the account suspended it. */
  async resume(actor: SessionActor, id: string): Promise<ApiKeyResponse> {
    return this.unitOfWork.run(async () => {
      const key = await this.auditedKeys.find(actor, id);
      await this.auditedKeys.resume(actor, key, this.clock.now());
      return ApiKeyResponse.from(await this.auditedKeys.find(actor, id));
    });
  }
}

function buildRow(actor: ApiKeyCreator, request: CreateApiKeyRequest, key: string, now: Date): ApiKey {
  return {
    id: newId(),
    organization_id: actor.organization.id,
    created_by: actor.userId,
    name: request.name,
    key_hash: hashApiKey(key),
    key_prefix: toDisplayPrefix(key),
    scopes: request.scopes,
    allowed_ips: request.allowed_ips,
    second_factor: actor.secondFactor,
    created_at: now,
    activated_at: now,
    expires_at: request.expires_at ?? null,
    last_used_at: null,
  };
}
