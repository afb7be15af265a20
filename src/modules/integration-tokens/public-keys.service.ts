import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { AuditLogService, OrganizationAccessService } from '../organizations/index.js';
import type {
  FingerprintResponse,
  IntegrationJwksResponse,
  RotatedKeyResponse,
} from './dto/integration.responses.js';
import { integrationErrors } from './integration-tokens.errors.js';
import { formatFingerprint } from './integration-tokens.rules.js';
import type { IntegrationKey } from './persistence/integration-key.entity.js';
import { toPublicKey, TenantKeysService } from './tenant-keys.service.js';

/** Publishes the public keys of tenants, and replaces key pairs on request. */
@Injectable()
export class PublicKeysService {
  constructor(
    private readonly keys: TenantKeysService,
    private readonly access: OrganizationAccessService,
    private readonly audit: AuditLogService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Returns no keys for a tenant without grants and for an unknown one. Public keys need no authorization, so the id
   * is used unchecked.
   */
  async getJwks(tenantId: string): Promise<IntegrationJwksResponse> {
    const keys = await this.keys.listPublished(tenantId as OrganizationId);
    return { keys: keys.map(toJwk) };
  }

  /** Throws `integration_key_not_found` for a tenant without keys. */
  async getFingerprint(tenantId: string): Promise<FingerprintResponse> {
    const key = await this.keys.findActive(tenantId as OrganizationId);
    if (!key) throw integrationErrors.integration_key_not_found();
    return toFingerprintResponse(key);
  }

  /** Replaces the key pair once for concurrent requests. All of them return the key that is active afterwards. */
  async rotate(actor: OrganizationActor): Promise<RotatedKeyResponse> {
    const { id } = actor.organization;
    const current = await this.keys.findActive(id);
    const next = await this.keys.generateKey();
    await this.unitOfWork.run(async () => {
      await this.access.lockAndReauthorize(actor, 'integration_tokens.manage', { share: true });
      const activated = await this.keys.activate(id, current, next);
      const details = { from: current?.kid ?? null, to: next.kid };
      const target = { type: 'organization', id } as const;
      if (activated) await this.audit.recordFor(actor, 'integration_key.rotated', target, details);
    });
    const [active, previous] = await this.keys.listPublished(id);
    if (!active) throw integrationErrors.integration_key_not_found();
    return {
      ...toFingerprintResponse(active),
      previousKid: previous?.kid ?? null,
      previousUntil: previous?.published_until?.toISOString() ?? null,
    };
  }
}

function toFingerprintResponse({ organization_id, kid, public_key }: IntegrationKey): FingerprintResponse {
  const digest = createHash('sha256').update(public_key).digest();
  return { tenantId: organization_id, kid, algorithm: 'SHA-256', fingerprint: formatFingerprint(digest) };
}

function toJwk(key: IntegrationKey): IntegrationJwksResponse['keys'][number] {
  const { kty = 'RSA', n = '', e = '' } = toPublicKey(key).export({ format: 'jwk' });
  return { kty, n, e, kid: key.kid, alg: 'RS256', use: 'sig' };
}
