import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/actor.js';
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

/** What the world sees of a tenant's keys, and putting a new one in the place of the present one. */
@Injectable()
export class PublicKeysService {
  constructor(
    private readonly keys: TenantKeysService,
    private readonly access: OrganizationAccessService,
    private readonly audit: AuditLogService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Empty for a tenant that has granted nothing yet, and for one that does not exist: no key is made by looking. */
  async getJwks(tenantId: string): Promise<IntegrationJwksResponse> {
    const keys = await this.keys.listPublished(tenantId as OrganizationId); // public to all
    return { keys: keys.map(toJwk) };
  }

  /** Throws `integration_key_not_found` where `jwks` would be empty. */
  async getFingerprint(tenantId: string): Promise<FingerprintResponse> {
    const key = await this.keys.findActive(tenantId as OrganizationId);
    if (!key) throw integrationErrors.integration_key_not_found();
    return toFingerprintResponse(key);
  }

  /** Of many who rotate at once one does; all are answered with the key that signs from then on. */
  async rotate(actor: OrganizationActor): Promise<RotatedKeyResponse> {
    const { id } = actor.organization;
    const current = await this.keys.findActive(id);
    const next = await this.keys.generateKey();
    await this.unitOfWork.run(async () => {
      const authorizedActor = await this.access.lockAndReauthorize(actor, 'integration_tokens.manage', {
        share: true,
      });
      if (await this.keys.activate(id, current, next))
        await this.record(authorizedActor, current?.kid ?? null, next.kid);
    });
    const [active, previous] = await this.keys.listPublished(id);
    if (!active) throw integrationErrors.integration_key_not_found();
    return {
      ...toFingerprintResponse(active),
      previousKid: previous?.kid ?? null,
      previousUntil: previous?.published_until?.toISOString() ?? null,
    };
  }

  private async record(
    { organization, ...auditActor }: OrganizationActor,
    from: string | null,
    to: string,
  ): Promise<void> {
    const target = { type: 'organization', id: organization.id } as const;
    const entry = { organizationId: organization.id, action: 'integration_key.rotated', target } as const;
    await this.audit.record(auditActor, { ...entry, details: { from, to } });
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
