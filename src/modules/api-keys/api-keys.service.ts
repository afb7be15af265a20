import { Injectable } from '@nestjs/common';
import type { OrganizationActor, SessionActor } from '@/platform/access/actor.js';
import { isReadScope } from '@/platform/access/scopes.js';
import { invalidField } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Entropy } from '@/platform/kernel/entropy.js';
import { newId } from '@/platform/kernel/ids.js';
import { windowById, toPage } from '@/platform/pagination/page.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { OrganizationAccessService, isAdministrator, organizationErrors } from '../organizations/index.js';
import { hashApiKey, KEY_BYTES, KEY_PREFIX, toDisplayPrefix } from './api-keys.rules.js';
import { AuditedApiKeys } from './audited-api-keys.js';
import type { ApiKeyQuery, CreateApiKeyRequest } from './dto/api-key.requests.js';
import { ApiKeyResponse, type NewApiKeyResponse } from './dto/api-key.responses.js';

type ApiKeyCreator = OrganizationActor & SessionActor;

@Injectable()
export class ApiKeysService {
  constructor(
    private readonly auditedKeys: AuditedApiKeys,
    private readonly access: OrganizationAccessService,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly entropy: Entropy,
  ) {}

  /** Makes a key and shows it for the only time. */
  async create(actor: ApiKeyCreator, request: CreateApiKeyRequest): Promise<NewApiKeyResponse> {
    const { name, scopes, allowed_ips, expires_at: expiresAt = null } = request;
    const now = this.clock.now();
    if (expiresAt && expiresAt <= now) throw invalidField('expires_at', 'future', 'must be in the future');
    const key = `${KEY_PREFIX}${this.entropy.token(KEY_BYTES)}`;
    const row = {
      ...{ id: newId(), created_by: actor.userId, name, scopes, allowed_ips },
      ...{ key_hash: hashApiKey(key), key_prefix: toDisplayPrefix(key), second_factor: actor.secondFactor },
      ...{ created_at: now, armed_at: now, expires_at: expiresAt, last_used_at: null },
    };
    return this.unitOfWork.run(async () => {
      const { organization } = await this.access.lockAndReauthorize(actor, 'api_keys.create', {
        share: true,
      });
      const scopesAllowed = isAdministrator(organization.role) || scopes.every(isReadScope);
      if (!scopesAllowed)
        throw organizationErrors.role_insufficient({ data: { role: organization.role, scopes } });
      await this.auditedKeys.create(actor, { ...row, organization_id: organization.id });
      return { ...ApiKeyResponse.from({ ...row, organization_id: organization.id, suspended: false }), key };
    });
  }

  async list(actor: SessionActor, query: ApiKeyQuery): Promise<ApiKeyResponse[]> {
    const window = windowById(query);
    const requestedId = query.organization_id?.toLowerCase();
    const membership =
      requestedId === undefined ? null : await this.access.authorizeIn(actor, requestedId, 'api_keys.create');
    const rows = await this.auditedKeys.list(actor, membership?.organization_id ?? null, window);
    return toPage(window, rows, ({ id }) => id).map((row) => ApiKeyResponse.from(row));
  }

  /** Ends a key: the next request with it is refused. One's own, or as owner or admin anybody's. */
  async delete(actor: SessionActor, id: string): Promise<void> {
    await this.unitOfWork.run(async () =>
      this.auditedKeys.delete(actor, await this.auditedKeys.find(actor, id)),
    );
  }

  /** Takes up a key of one's own that was suspended with a password reset. */
  async resume(actor: SessionActor, id: string): Promise<ApiKeyResponse> {
    return this.unitOfWork.run(async () => {
      await this.auditedKeys.resume(actor, await this.auditedKeys.find(actor, id), this.clock.now());
      return ApiKeyResponse.from(await this.auditedKeys.find(actor, id));
    });
  }
}
