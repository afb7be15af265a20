import type { FastifyRequest } from 'fastify';
import { type Actor, type OrganizationActor, ROLES } from './actor.js';

/** Which organization a route is about, and what the caller must be allowed to do there. */
export interface OrganizationRequirement {
  /**
   * `path`: `org_id` of the path. `primary`: the caller's primary organization. `body`: `organization_id` of the
   * body. `tenant`: `tenantId` of the body or query, else the tenant of a token in it, else the caller's own.
   */
  from: 'path' | 'primary' | 'body' | 'tenant';
  permission: string;
  /** Who has this right, highest first; for the API reference. */
  roles: readonly string[];
  /** Open to sessions without the second factor that the organization requires. */
  allowWithoutSecondFactor?: boolean;
}

/**
 * Decides, before anything else runs, what the caller is in the organization a route is about; implemented by the
 * organizations module. Being the guard's, the decision also comes before an idempotent answer is replayed.
 */
export abstract class OrganizationAuthorizer {
  /** Throws 404 to outsiders, 403 `two_factor_required` and 403 `role_insufficient`. */
  abstract authorize(
    actor: Actor,
    requirement: OrganizationRequirement,
    request: FastifyRequest,
  ): Promise<OrganizationActor>;
}

const NOT_FOUND_CODES: Readonly<Record<OrganizationRequirement['from'], string[]>> = {
  path: ['organization_not_found'],
  body: ['organization_not_found'],
  primary: ['no_organization'],
  tenant: ['organization_not_found', 'no_organization'],
};

/** Codes of the errors a gate answers for this rule. */
export function organizationErrorCodes({
  from,
  roles,
  allowWithoutSecondFactor,
}: OrganizationRequirement): string[] {
  const secondFactorCodes = allowWithoutSecondFactor ? [] : ['two_factor_required'];
  return [
    ...NOT_FOUND_CODES[from],
    ...secondFactorCodes,
    ...(roles.length < ROLES.length ? ['role_insufficient'] : []),
  ];
}
