import { Injectable } from '@nestjs/common';
import type { Actor } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Entropy } from '@/platform/kernel/entropy.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { AuditLogService } from './audit/audit-log.service.js';
import type { OrganizationCreateRequest } from './dto/organization.requests.js';
import { OrganizationResponse } from './dto/organization.response.js';
import { MembershipLifecycle } from './members/membership-lifecycle.js';
import { organizationErrors } from './organizations.errors.js';
import { deriveSlug } from './organizations.rules.js';
import { OrganizationRepository } from './persistence/organization.repository.js';

export interface NewOrganization {
  name: string;
  /** Derived from the name when absent. */
  slug?: string;
  description?: string | null;
}

/** Creates organizations with their first owner. */
@Injectable()
export class OrganizationCreationService {
  constructor(
    private readonly organizations: OrganizationRepository,
    private readonly memberships: MembershipLifecycle,
    private readonly audit: AuditLogService,
    private readonly clock: Clock,
    private readonly entropy: Entropy,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Throws `bearer_required` for an API key, which could not access the new organization. Throws `slug_taken`. */
  async create(actor: Actor, request: OrganizationCreateRequest): Promise<OrganizationResponse> {
    if (actor.via === 'api_key') throw platformErrors.bearer_required();
    return this.unitOfWork.run(async () => {
      const id = await this.createWithOwner(actor, request);
      return OrganizationResponse.from(await this.organizations.find(id, actor.userId));
    });
  }

  /** Creates the organization and its owner in the transaction of the caller. Throws `slug_taken`. */
  async createWithOwner(
    owner: { userId: string; keyId?: string },
    { name, slug, description = null }: NewOrganization,
  ): Promise<OrganizationId> {
    const id = newId() as OrganizationId;
    const insertWithSlug = (candidate: string): Promise<boolean> =>
      this.organizations.create({ id, name, slug: candidate, description, created_at: this.clock.now() });
    if (slug !== undefined && !(await insertWithSlug(slug))) throw organizationErrors.slug_taken();
    let derivedSlug = deriveSlug(name);
    while (slug === undefined && !(await insertWithSlug(derivedSlug)))
      derivedSlug = deriveSlug(name, this.entropy.digits(6));
    await this.memberships.create({
      organizationId: id,
      userId: owner.userId,
      role: 'owner',
      selfJoined: true,
      addedBy: owner,
    });
    await this.audit.record(owner, {
      organizationId: id,
      action: 'organization.created',
      target: { type: 'organization', id },
    });
    return id;
  }
}
