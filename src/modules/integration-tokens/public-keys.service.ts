import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { OrganizationActor } from '@/platform/access/actor.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { AuditLog, Gate } from '../organizations/index.js';
import type {
  FingerprintResponse,
  IntegrationJwksResponse,
  RotatedKeyResponse,
} from './dto/integration.responses.js';
import { integrationErrors } from './integration-tokens.errors.js';
import { fingerprintOf } from './integration-tokens.rules.js';
import type { IntegrationKey } from './persistence/integration-key.entity.js';
import { publicKeyOf, TenantKeys } from './tenant-keys.service.js';

/** What the world sees of a tenant's keys, and putting a new one in the place of the present one. */
@Injectable()
export class PublicKeys {
  constructor(
    private readonly keys: TenantKeys,
    private readonly gate: Gate,
    private readonly audit: AuditLog,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Empty for a tenant that has granted nothing yet, and for one that does not exist: no key is made by looking. */
  async jwks(tenantId: string): Promise<IntegrationJwksResponse> {
    const keys = await this.keys.published(tenantId as OrganizationId); // public to all
    return { keys: keys.map(jwkOf) };
  }

  /** Throws `integration_key_not_found` where `jwks` would be empty. */
  async fingerprint(tenantId: string): Promise<FingerprintResponse> {
    const key = await this.keys.active(tenantId as OrganizationId);
    if (!key) throw integrationErrors.integration_key_not_found();
    return fingerprint(key);
  }

  /** Of many who rotate at once one does; all are answered with the key that signs from then on. */
  async rotate(actor: OrganizationActor): Promise<RotatedKeyResponse> {
    const { id } = actor.organization;
    const present = await this.keys.active(id);
    const next = await this.keys.make();
    await this.unitOfWork.run(async () => {
      const held = await this.gate.hold(actor, 'integration_tokens.manage', { share: true });
      if (await this.keys.activate(id, present, next))
        await this.record(held, present?.kid ?? null, next.kid);
    });
    const [active, previous] = await this.keys.published(id);
    if (!active) throw integrationErrors.integration_key_not_found();
    return {
      ...fingerprint(active),
      previousKid: previous?.kid ?? null,
      previousUntil: previous?.published_until?.toISOString() ?? null,
    };
  }

  private async record(
    { organization, ...doer }: OrganizationActor,
    from: string | null,
    to: string,
  ): Promise<void> {
    const target = { type: 'organization', id: organization.id } as const;
    const entry = { organizationId: organization.id, action: 'integration_key.rotated', target } as const;
    await this.audit.record(doer, { ...entry, details: { from, to } });
  }
}

function fingerprint({ organization_id, kid, public_key }: IntegrationKey): FingerprintResponse {
  const digest = createHash('sha256').update(public_key).digest();
  return { tenantId: organization_id, kid, algorithm: 'SHA-256', fingerprint: fingerprintOf(digest) };
}

function jwkOf(key: IntegrationKey): IntegrationJwksResponse['keys'][number] {
  const { kty = 'RSA', n = '', e = '' } = publicKeyOf(key).export({ format: 'jwk' });
  return { kty, n, e, kid: key.kid, alg: 'RS256', use: 'sig' };
}
