import { Injectable } from '@nestjs/common';
import type { Actor } from '@/platform/access/actor.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Entropy } from '@/platform/kernel/entropy.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { AuditLog } from './audit/audit-log.service.js';
import type { OrganizationCreateRequest } from './dto/organization.requests.js';
import { OrganizationResponse } from './dto/organization.response.js';
import { Memberships } from './members/membership-lifecycle.js';
import { organizationErrors } from './organizations.errors.js';
import { slugFrom } from './organizations.rules.js';
import { OrganizationRepository } from './persistence/organization.repository.js';

export interface NewOrganization {
  name: string;
  /** Absent: made from the name. */
  slug?: string;
  description?: string | null;
}

/** The beginning of an organization. */
@Injectable()
export class FoundingService {
  constructor(
    private readonly organizations: OrganizationRepository,
    private readonly memberships: Memberships,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    private readonly entropy: Entropy,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** A key sees one organization, and could not see the one it made: throws `bearer_required`. */
  async create(actor: Actor, request: OrganizationCreateRequest): Promise<OrganizationResponse> {
    if (actor.via === 'api_key') throw platformErrors.bearer_required();
    return this.unitOfWork.run(async () => {
      const id = await this.found(actor, request);
      return OrganizationResponse.from(await this.organizations.find(id, actor.userId));
    });
  }

  /** Founds an organization with its first owner, inside the caller's unit of work. Throws `slug_taken`. */
  async found(
    founder: { userId: string; keyId?: string },
    { name, slug, description = null }: NewOrganization,
  ): Promise<OrganizationId> {
    const id = newId() as OrganizationId;
    const create = (tried: string): Promise<boolean> =>
      this.organizations.create({ id, name, slug: tried, description, created_at: this.clock.now() });
    if (slug !== undefined && !(await create(slug))) throw organizationErrors.slug_taken();
    let derived = slugFrom(name);
    while (slug === undefined && !(await create(derived))) derived = slugFrom(name, this.entropy.digits(6));
    await this.memberships.begin({ organizationId: id, userId: founder.userId, role: 'owner', ownAct: true });
    const target = { type: 'organization', id } as const;
    await this.audit.record(founder, { organizationId: id, action: 'organization.created', target });
    return id;
  }
}
