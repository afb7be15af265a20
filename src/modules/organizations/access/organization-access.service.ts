import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Actor, OrganizationActor } from '@/platform/access/actor.js';
import { OrganizationGate, type OrganizationRule } from '@/platform/access/organization-authorizer.js';
import { platformErrors } from '@/platform/errors/index.js';
import { isId, type OrganizationId } from '@/platform/kernel/ids.js';
import { organizationErrors } from '../organizations.errors.js';
import { may, type Permission } from '../organizations.rules.js';
import {
  type OwnStanding,
  type Standing,
  StandingRepository,
} from './persistence/membership-access.repository.js';
import { fault, namedTenant, wellFormed } from './requested-organization.js';

/** The door of every organization: who is let in, and with which rights. */
@Injectable()
export class Gate extends OrganizationGate {
  constructor(private readonly standings: StandingRepository) {
    super();
  }

  async admit(actor: Actor, rule: OrganizationRule, request: FastifyRequest): Promise<OrganizationActor> {
    const standing = await this.locate(actor, rule, request);
    this.judge(actor, standing, rule);
    if (actor.via === 'session' && !rule.open && usedOnPurpose(standing) && !standing.own_act)
      await this.standings.accept(standing.organization_id, actor.userId);
    return { ...actor, organization: { id: standing.organization_id, role: standing.role } };
  }

  /**
   * The same decision once more inside the caller's unit of work, and it holds until that ends: nobody's role in
   * the organization changes meanwhile. For every write that rests on a role; with `share`, for those that change no
   * role themselves and need not wait for each other.
   */
  async hold(
    actor: OrganizationActor,
    permission: Permission,
    { open, share }: Pick<OrganizationRule, 'open'> & { share?: boolean } = {},
  ): Promise<OrganizationActor> {
    const { id } = actor.organization;
    if (share) await this.standings.share(id);
    else await this.standings.lock(id);
    const standing = await this.standings.find(id, actor.userId);
    if (!standing) throw organizationErrors.organization_not_found();
    this.judge(actor, standing, { may: permission, open });
    return { ...actor, organization: { id, role: standing.role } };
  }

  /** Holds several organizations at once, before `hold` judges in one of them. */
  lock(...organizationIds: OrganizationId[]): Promise<void> {
    return this.standings.lock(...organizationIds);
  }

  /** What the actor is in an organization that the route does not name; throws as `admit` does. */
  async enter(actor: Actor, organizationId: string, permission: Permission): Promise<Standing> {
    const standing = reaches(actor, organizationId)
      ? await this.standings.find(organizationId, actor.userId)
      : null;
    if (!standing) throw organizationErrors.organization_not_found();
    this.judge(actor, standing, { may: permission });
    return standing;
  }

  private judge(actor: Actor, standing: Standing, rule: Pick<OrganizationRule, 'may' | 'open'>): void {
    if (standing.enforce_2fa && !actor.secondFactor && !rule.open) throw platformErrors.two_factor_required();
    if (!may(standing.role, rule.may as Permission)) {
      throw organizationErrors.role_insufficient({ facts: { role: standing.role, action: rule.may } });
    }
  }

  private async locate(
    actor: Actor,
    { from }: OrganizationRule,
    request: FastifyRequest,
  ): Promise<Standing | OwnStanding> {
    const named = namedIn(request, from);
    if (named === undefined) return this.own(actor, from);
    const standing = reaches(actor, named) ? await this.standings.find(named, actor.userId) : null;
    if (!standing) throw organizationErrors.organization_not_found();
    return standing;
  }

  /** Where no organization is named: the key's, else the primary one if that is no guess. */
  private async own(actor: Actor, from: OrganizationRule['from']): Promise<Standing | OwnStanding> {
    const [first, second] =
      actor.via === 'session'
        ? await this.standings.own(actor.userId)
        : [await this.standings.find(actor.organizationId, actor.userId)];
    if (!first) throw organizationErrors.no_organization();
    if (from === 'tenant' && second && !('settled' in first && first.settled))
      throw fault('tenantId', 'required', 'is required: you have several organizations');
    return first;
  }
}

/** A key sees one organization only. */
function reaches(actor: Actor, organizationId: string): organizationId is OrganizationId {
  return isId(organizationId) && (actor.via === 'session' || actor.organizationId === organizationId);
}

/** The organization a request names; undefined where it may leave that open. */
function namedIn(request: FastifyRequest, from: OrganizationRule['from']): string | undefined {
  switch (from) {
    case 'primary':
      return undefined;
    case 'path':
      return (request.params as { org_id?: string }).org_id?.toLowerCase() ?? '';
    case 'tenant':
      return namedTenant(request);
    case 'body': {
      const { organization_id: named } = (request.body ?? {}) as Record<string, unknown>;
      if (named === undefined) throw fault('organization_id', 'required', 'is required');
      return wellFormed('organization_id', named);
    }
  }
}

/** An organization that a person merely has, without having named it, is not one they use yet. */
function usedOnPurpose(standing: Standing | OwnStanding): boolean {
  return !('settled' in standing) || standing.settled;
}
