import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Actor, OrganizationActor } from '@/platform/access/actor.js';
import {
  OrganizationAuthorizer,
  type OrganizationRequirement,
} from '@/platform/access/organization-authorizer.js';
import { invalidField, platformErrors } from '@/platform/errors/index.js';
import { isId, type OrganizationId } from '@/platform/kernel/ids.js';
import { organizationErrors } from '../organizations.errors.js';
import { roleHasPermission, type Permission } from '../organizations.rules.js';
import {
  type DefaultMembershipAccess,
  type MembershipAccess,
  MembershipAccessRepository,
} from './persistence/membership-access.repository.js';
import { getRequestedTenantId, parseId } from './requested-organization.js';

/** The door of every organization: who is let in, and with which rights. */
@Injectable()
export class OrganizationAccessService extends OrganizationAuthorizer {
  constructor(private readonly membershipAccess: MembershipAccessRepository) {
    super();
  }

  async authorize(
    actor: Actor,
    rule: OrganizationRequirement,
    request: FastifyRequest,
  ): Promise<OrganizationActor> {
    const standing = await this.findMembership(actor, rule, request);
    this.assertAllowed(actor, standing, rule);
    if (
      actor.via === 'session' &&
      !rule.allowWithoutSecondFactor &&
      isExplicitChoice(standing) &&
      !standing.own_act
    )
      await this.membershipAccess.markSelfJoined(standing.organization_id, actor.userId);
    return { ...actor, organization: { id: standing.organization_id, role: standing.role } };
  }

  /**
   * The same decision once more inside the caller's unit of work, and it holds until that ends: nobody's role in
   * the organization changes meanwhile. For every write that rests on a role; with `share`, for those that change no
   * role themselves and need not wait for each other.
   */
  async lockAndReauthorize(
    actor: OrganizationActor,
    permission: Permission,
    {
      allowWithoutSecondFactor,
      share,
    }: Pick<OrganizationRequirement, 'allowWithoutSecondFactor'> & { share?: boolean } = {},
  ): Promise<OrganizationActor> {
    const { id } = actor.organization;
    if (share) await this.membershipAccess.lockShared(id);
    else await this.membershipAccess.lock(id);
    const membership = await this.membershipAccess.find(id, actor.userId);
    if (!membership) throw organizationErrors.organization_not_found();
    this.assertAllowed(actor, membership, { permission, allowWithoutSecondFactor });
    return { ...actor, organization: { id, role: membership.role } };
  }

  /** Holds several organizations at once, before `hold` judges in one of them. */
  lockOrganizations(...organizationIds: OrganizationId[]): Promise<void> {
    return this.membershipAccess.lock(...organizationIds);
  }

  /** What the actor is in an organization that the route does not name; throws as `admit` does. */
  async authorizeIn(actor: Actor, organizationId: string, permission: Permission): Promise<MembershipAccess> {
    const membership = isInActorScope(actor, organizationId)
      ? await this.membershipAccess.find(organizationId, actor.userId)
      : null;
    if (!membership) throw organizationErrors.organization_not_found();
    this.assertAllowed(actor, membership, { permission });
    return membership;
  }

  private assertAllowed(
    actor: Actor,
    membership: MembershipAccess,
    rule: Pick<OrganizationRequirement, 'permission' | 'allowWithoutSecondFactor'>,
  ): void {
    if (membership.enforce_2fa && !actor.secondFactor && !rule.allowWithoutSecondFactor)
      throw platformErrors.two_factor_required();
    if (!roleHasPermission(membership.role, rule.permission as Permission)) {
      throw organizationErrors.role_insufficient({
        data: { role: membership.role, action: rule.permission },
      });
    }
  }

  private async findMembership(
    actor: Actor,
    { from }: OrganizationRequirement,
    request: FastifyRequest,
  ): Promise<MembershipAccess | DefaultMembershipAccess> {
    const requestedId = getRequestedOrganizationId(request, from);
    if (requestedId === undefined) return this.findDefaultMembership(actor, from);
    const membership = isInActorScope(actor, requestedId)
      ? await this.membershipAccess.find(requestedId, actor.userId)
      : null;
    if (!membership) throw organizationErrors.organization_not_found();
    return membership;
  }

  /** Where no organization is named: the key's, else the primary one if that is no guess. */
  private async findDefaultMembership(
    actor: Actor,
    from: OrganizationRequirement['from'],
  ): Promise<MembershipAccess | DefaultMembershipAccess> {
    const [defaultMembership, otherMembership] =
      actor.via === 'session'
        ? await this.membershipAccess.findDefaultCandidates(actor.userId)
        : [await this.membershipAccess.find(actor.organizationId, actor.userId)];
    if (!defaultMembership) throw organizationErrors.no_organization();
    if (
      from === 'tenant' &&
      otherMembership &&
      !('explicitly_chosen' in defaultMembership && defaultMembership.explicitly_chosen)
    )
      throw invalidField('tenantId', 'required', 'is required: you have several organizations');
    return defaultMembership;
  }
}

/** A key sees one organization only. */
function isInActorScope(actor: Actor, organizationId: string): organizationId is OrganizationId {
  return isId(organizationId) && (actor.via === 'session' || actor.organizationId === organizationId);
}

/** The organization a request names; undefined where it may leave that open. */
function getRequestedOrganizationId(
  request: FastifyRequest,
  from: OrganizationRequirement['from'],
): string | undefined {
  switch (from) {
    case 'primary':
      return undefined;
    case 'path':
      return (request.params as { org_id?: string }).org_id?.toLowerCase() ?? '';
    case 'tenant':
      return getRequestedTenantId(request);
    case 'body': {
      const { organization_id: organizationId } = (request.body ?? {}) as Record<string, unknown>;
      if (organizationId === undefined) throw invalidField('organization_id', 'required', 'is required');
      return parseId('organization_id', organizationId);
    }
  }
}

/** An organization that a person merely has, without having named it, is not one they use yet. */
function isExplicitChoice(membership: MembershipAccess | DefaultMembershipAccess): boolean {
  return !('explicitly_chosen' in membership) || membership.explicitly_chosen;
}
