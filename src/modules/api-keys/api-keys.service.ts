import { Injectable } from '@nestjs/common';
import type { OrganizationActor, SessionActor } from '@/platform/access/actor.js';
import { isReadScope } from '@/platform/access/scopes.js';
import { validationFailed } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Entropy } from '@/platform/kernel/entropy.js';
import { newId } from '@/platform/kernel/ids.js';
import { byId, page } from '@/platform/pagination/page.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { Gate, mayAdminister, organizationErrors } from '../organizations/index.js';
import { hashOf, KEY_BYTES, KEY_PREFIX, prefixOf } from './api-keys.rules.js';
import { ApiKeyBook } from './audited-api-keys.js';
import type { ApiKeyQuery, CreateApiKeyRequest } from './dto/api-key.requests.js';
import { ApiKeyResponse, type NewApiKeyResponse } from './dto/api-key.responses.js';

type Maker = OrganizationActor & SessionActor;

@Injectable()
export class ApiKeysService {
  constructor(
    private readonly book: ApiKeyBook,
    private readonly gate: Gate,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly entropy: Entropy,
  ) {}

  /** Makes a key and shows it for the only time. */
  async create(actor: Maker, request: CreateApiKeyRequest): Promise<NewApiKeyResponse> {
    const { name, scopes, allowed_ips, expires_at: expiresAt = null } = request;
    const now = this.clock.now();
    if (expiresAt && expiresAt <= now)
      throw validationFailed([{ path: 'expires_at', rule: 'future', message: 'must be in the future' }]);
    const key = `${KEY_PREFIX}${this.entropy.token(KEY_BYTES)}`;
    const row = {
      ...{ id: newId(), created_by: actor.userId, name, scopes, allowed_ips },
      ...{ key_hash: hashOf(key), key_prefix: prefixOf(key), second_factor: actor.secondFactor },
      ...{ created_at: now, armed_at: now, expires_at: expiresAt, last_used_at: null },
    };
    return this.unitOfWork.run(async () => {
      const { organization } = await this.gate.hold(actor, 'api_keys.create', { share: true });
      const within = mayAdminister(organization.role) || scopes.every(isReadScope);
      if (!within) throw organizationErrors.role_insufficient({ facts: { role: organization.role, scopes } });
      await this.book.add(actor, { ...row, organization_id: organization.id });
      return { ...ApiKeyResponse.from({ ...row, organization_id: organization.id, suspended: false }), key };
    });
  }

  async list(actor: SessionActor, query: ApiKeyQuery): Promise<ApiKeyResponse[]> {
    const window = byId(query);
    const named = query.organization_id?.toLowerCase();
    const standing = named === undefined ? null : await this.gate.enter(actor, named, 'api_keys.create');
    const rows = await this.book.list(actor, standing?.organization_id ?? null, window);
    return page(window, rows, ({ id }) => id).map((row) => ApiKeyResponse.from(row));
  }

  /** Ends a key: the next request with it is refused. One's own, or as owner or admin anybody's. */
  async delete(actor: SessionActor, id: string): Promise<void> {
    await this.unitOfWork.run(async () => this.book.remove(actor, await this.book.find(actor, id)));
  }

  /** Takes up a key of one's own that was suspended with a password reset. */
  async resume(actor: SessionActor, id: string): Promise<ApiKeyResponse> {
    return this.unitOfWork.run(async () => {
      await this.book.arm(actor, await this.book.find(actor, id), this.clock.now());
      return ApiKeyResponse.from(await this.book.find(actor, id));
    });
  }
}
