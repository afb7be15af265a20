import { Injectable } from '@nestjs/common';
import { platformErrors } from '../../platform/errors/index.js';
import type { Actor } from '../../platform/http/actor.js';
import { assertUnchanged } from '../../platform/http/request-pipe.js';
import { Clock } from '../../platform/kernel/clock.js';
import { Entropy } from '../../platform/kernel/entropy.js';
import { newId } from '../../platform/kernel/ids.js';
import { UnitOfWork } from '../../platform/persistence/index.js';
import type { UpdateXcOrganizationRequest } from './dto/update-organization.request.js';
import { XcOrganizationResponse } from './dto/xc-organization.response.js';
import { organizationErrors } from './organizations.errors.js';
import { mayAdminister, slugFrom } from './organizations.rules.js';
import { OrganizationRepository, type OrganizationWithRole } from './persistence/organization.repository.js';

@Injectable()
export class OrganizationsService {
  constructor(
    private readonly organizations: OrganizationRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly entropy: Entropy,
  ) {}

  /** Founds an organization with its first owner, inside the caller's unit of work. Answers its id. */
  async found(name: string, ownerId: string): Promise<string> {
    const organization = { id: newId(), name, created_at: this.clock.now() };
    let slug = slugFrom(name);
    while (!(await this.organizations.create({ ...organization, slug }))) {
      slug = slugFrom(name, this.entropy.digits(6));
    }
    await this.organizations.addMember({
      id: newId(),
      organization_id: organization.id,
      user_id: ownerId,
      role: 'owner',
      own_act: true,
      joined_at: organization.created_at,
    });
    return organization.id;
  }

  /** Whether this person's organizations demand a second factor: at login, and of what they own at all. */
  demandsSecondFactor(userId: string): Promise<{ at_login: boolean; anywhere: boolean }> {
    return this.organizations.demandsSecondFactor(userId);
  }

  isMember(organizationId: string, userId: string): Promise<boolean> {
    return this.organizations.isMember(organizationId, userId);
  }

  /** The organizations of one person with their role there, oldest membership first. */
  listOf(userId: string): Promise<object[]> {
    return this.organizations.ofUser(userId);
  }

  async readPrimary(actor: Actor): Promise<XcOrganizationResponse> {
    return XcOrganizationResponse.from(await this.enter(actor));
  }

  async updatePrimary(actor: Actor, request: UpdateXcOrganizationRequest): Promise<XcOrganizationResponse> {
    const organization = await this.enter(actor);
    assertUnchanged(request, XcOrganizationResponse.from(organization));
    if (!mayAdminister(organization.role)) throw organizationErrors.role_insufficient();
    if (request.enforce_2fa && !organization.enforce_2fa && !actor.secondFactorAt)
      throw platformErrors.two_factor_required();
    const { name, settings, address, phone_number, tax_id, billing_email, enforce_2fa } = request;
    const changes = { name, settings, address, phone_number, tax_id, billing_email, enforce_2fa };
    await this.organizations.update(organization.id, { ...changes, updated_at: this.clock.now() });
    return this.readPrimary(actor);
  }

  /** Dissolves what belongs to this person alone; refuses while others would be left without an owner. */
  async forsake(userId: string): Promise<void> {
    await this.unitOfWork.run(async () => {
      for (const { id, others, other_owner } of await this.organizations.owned(userId)) {
        if (others > 0 && !other_owner)
          throw organizationErrors.last_owner({ facts: { organization_id: id } });
        if (others === 0) await this.organizations.delete(id);
      }
    });
  }

  /** The actor's primary organization, closed to a session without the second factor it demands. */
  private async enter(actor: Actor): Promise<OrganizationWithRole> {
    const organization = await this.organizations.primaryOf(actor.userId);
    if (!organization) throw organizationErrors.no_organization();
    if (organization.enforce_2fa && !actor.secondFactorAt) throw platformErrors.two_factor_required();
    return organization;
  }
}
