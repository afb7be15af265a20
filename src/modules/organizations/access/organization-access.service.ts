import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import {
  type Actor,
  type OrganizationActor,
  OrganizationAuthorizer,
  organizationErrorKinds,
  type OrganizationRequirement,
} from '@/platform/access/index.js';
import { AppError, platformErrors } from '@/platform/errors/index.js';
import { isId, type OrganizationId } from '@/platform/kernel/ids.js';
import { organizationErrors } from '../organizations.errors.js';
import { roleHasPermission, toXcRole, type Permission } from '../organizations.rules.js';
import {
  type DefaultMembershipAccess,
  type MembershipAccess,
  MembershipAccessRepository,
} from './persistence/membership-access.repository.js';
import { getRequestedOrganizationId } from './requested-organization.js';

/** Loads the membership of the actor in an organization and checks that it grants the required permission. */
@Injectable()
export class OrganizationAccessService extends OrganizationAuthorizer {
  constructor(private readonly membershipAccess: MembershipAccessRepository) {
    super();
  }

  /** Also marks the membership as self-joined when a session uses an organization that its user has chosen. */
  async authorize(
    actor: Actor,
    requirement: OrganizationRequirement,
    request: FastifyRequest,
  ): Promise<OrganizationActor> {
    const membership = await this.resolveMembership(actor, requirement, request);
    const { organization_id: organizationId, role, self_joined: selfJoined } = membership;
    assertAllowed(actor, membership, requirement);
    if (
      actor.via === 'session' &&
      !requirement.allowWithoutSecondFactor &&
      isExplicitChoice(membership) &&
      !selfJoined
    )
      await this.membershipAccess.markSelfJoined(organizationId, actor.userId);
    return { ...actor, organization: { id: organizationId, role } };
  }

  /**
   * Locks the organization until the surrounding transaction ends, then authorizes the actor again, so that no
   * concurrent transaction changes a role between the check and the write. With `share`, several transactions can
   * hold the lock together; use it for writes that change no role. Throws what `authorize` throws.
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
    else await this.membershipAccess.lockOrganizations(id);
    const membership = await this.membershipAccess.find(id, actor.userId);
    if (!membership) throw organizationErrors.organization_not_found();
    assertAllowed(actor, membership, { permission, allowWithoutSecondFactor });
    return { ...actor, organization: { id, role: membership.role } };
  }

  /** Locks several organizations in one statement until the surrounding transaction ends. */
  lockOrganizations(...organizationIds: OrganizationId[]): Promise<void> {
    return this.membershipAccess.lockOrganizations(...organizationIds);
  }

  /** Locks an organization against deletion and changes of its roles; several transactions can hold the lock together. */
  lockShared(organizationId: OrganizationId): Promise<void> {
    return this.membershipAccess.lockShared(organizationId);
  }

  /** Authorizes the actor in an organization that the route does not name. Throws what `authorize` throws. */
  async authorizeIn(actor: Actor, organizationId: string, permission: Permission): Promise<MembershipAccess> {
    const membership = await this.findInActorScope(actor, organizationId);
    assertAllowed(actor, membership, { permission });
    return membership;
  }

  /**
   * Authorizes the actor in the organization that applies when a request names none: the one of the API key, else the primary
   * organization of the user. Returns null without one. Throws `two_factor_required` and `role_insufficient`.
   */
  async authorizeInDefault(actor: Actor, permission: Permission): Promise<MembershipAccess | null> {
    if (actor.via === 'api_key') return this.authorizeIn(actor, actor.organizationId, permission);
    const [membership] = await this.membershipAccess.findDefaultCandidates(actor.userId);
    if (!membership) return null;
    assertAllowed(actor, membership, { permission });
    return membership;
  }

  /** Returns the membership of a user whose account is active; null without one. */
  findMembership(organizationId: OrganizationId, userId: string): Promise<MembershipAccess | null> {
    return this.membershipAccess.find(organizationId, userId);
  }

  /** Marks that the user joined the organization by their own action. Idempotent. */
  markSelfJoined(organizationId: OrganizationId, userId: string): Promise<void> {
    return this.membershipAccess.markSelfJoined(organizationId, userId);
  }

  private async resolveMembership(
    actor: Actor,
    { from }: OrganizationRequirement,
    request: FastifyRequest,
  ): Promise<MembershipAccess | DefaultMembershipAccess> {
    const requestedId = getRequestedOrganizationId(request, from);
    return requestedId === undefined
      ? this.findDefaultMembership(actor, from)
      : this.findInActorScope(actor, requestedId);
  }

  /** Throws `organization_not_found`. An API key acts in its own organization only. */
  private async findInActorScope(actor: Actor, organizationId: string): Promise<MembershipAccess> {
    const isInScope = actor.via === 'session' || actor.organizationId === organizationId;
    const membership =
      isId(organizationId) && isInScope
        ? await this.membershipAccess.find(organizationId as OrganizationId, actor.userId)
        : null;
    if (!membership) throw organizationErrors.organization_not_found();
    return membership;
  }

  /** Returns the membership in the organization of the API key, or in the primary organization of the user. */
  private async findDefaultMembership(
    actor: Actor,
    from: OrganizationRequirement['from'],
  ): Promise<MembershipAccess | DefaultMembershipAccess> {
    const [defaultMembership] =
      actor.via === 'session'
        ? await this.membershipAccess.findDefaultCandidates(actor.userId)
        : [await this.membershipAccess.find(actor.organizationId, actor.userId)];
    if (!defaultMembership) throw noOrganizationError(from);
    return defaultMembership;
  }
}

function noOrganizationError(from: OrganizationRequirement['from']): AppError {
  const error = organizationErrors.no_organization();
  const kind = organizationErrorKinds({ from })[error.code];
  return kind ? new AppError(error.code, kind, error.detail) : error;
}

function assertAllowed(
  actor: Actor,
  membership: MembershipAccess,
  {
    permission,
    allowWithoutSecondFactor,
    from,
  }: Pick<OrganizationRequirement, 'permission' | 'allowWithoutSecondFactor'> &
    Partial<OrganizationRequirement>,
): void {
  if (membership.enforce_2fa && !actor.secondFactor && !allowWithoutSecondFactor)
    throw platformErrors.two_factor_required();
  if (roleHasPermission(membership.role, permission as Permission)) return;
  // Operations in the primary organization belong to the XC API, which knows two roles.
  const role = from === 'primary' ? toXcRole(membership.role) : membership.role;
  throw organizationErrors.role_insufficient({ data: { role, action: permission } });
}

/** True unless the organization is the automatic default that the user has never chosen. */
function isExplicitChoice(membership: MembershipAccess | DefaultMembershipAccess): boolean {
  return !('explicitly_chosen' in membership) || membership.explicitly_chosen;
}
