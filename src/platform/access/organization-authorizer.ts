import type { FastifyRequest } from 'fastify';
import { type Actor, type OrganizationActor, ROLES } from './actor.js';

/** Which organization a route is about, and what the caller must be allowed to do there. */
export interface OrganizationRule {
  /**
   * `path`: `org_id` of the path. `primary`: the caller's primary organization. `body`: `organization_id` of the
   * body. `tenant`: `tenantId` of the body or query, else the tenant of a token in it, else the caller's own.
   */
  from: 'path' | 'primary' | 'body' | 'tenant';
  may: string;
  /** Who has this right, highest first; for the API reference. */
  roles: readonly string[];
  /** Open to sessions without the second factor that the organization requires. */
  open?: boolean;
}

/**
 * Decides, before anything else runs, what the caller is in the organization a route is about; implemented by the
 * organizations module. Being the guard's, the decision also comes before an idempotent answer is replayed.
 */
export abstract class OrganizationGate {
  /** Throws 404 to outsiders, 403 `two_factor_required` and 403 `role_insufficient`. */
  abstract admit(actor: Actor, rule: OrganizationRule, request: FastifyRequest): Promise<OrganizationActor>;
}

const UNKNOWN: Readonly<Record<OrganizationRule['from'], string[]>> = {
  path: ['organization_not_found'],
  body: ['organization_not_found'],
  primary: ['no_organization'],
  tenant: ['organization_not_found', 'no_organization'],
};

/** Codes of the errors a gate answers for this rule. */
export function ruleRefusals({ from, roles, open }: OrganizationRule): string[] {
  const weak = open ? [] : ['two_factor_required'];
  return [...UNKNOWN[from], ...weak, ...(roles.length < ROLES.length ? ['role_insufficient'] : [])];
}
