import type { FastifyRequest } from 'fastify';
import type { ErrorKind } from '../errors/index.js';
import { type Actor, type OrganizationActor, ROLES } from './actor.js';

/** The organization of a route, and the permission that the user needs in it. */
export interface OrganizationRequirement {
  /**
   * `path`: `org_id` of the path. `primary`: the user's primary organization. `body`: `organization_id` of the body.
   * `tenant`: `tenantId` of the body or query, else the tenant of a token in it, else the user's primary organization.
   * `query`: `organization_id` or `org_id` of the query, else the user's primary organization.
   */
  from: 'path' | 'primary' | 'body' | 'tenant' | 'query';
  permission: string;
  /** Roles with this permission, highest first; for the API reference. */
  roles: readonly string[];
  /** Allows sessions without the second factor that the organization requires. */
  allowWithoutSecondFactor?: boolean;
}

/**
 * Authorizes an actor in the organization of a route; implemented by the organizations module. The guard calls it, so it
 * also runs before an idempotent response is replayed.
 */
export abstract class OrganizationAuthorizer {
  /** Throws 404 when the user is not a member, 403 `two_factor_required` and 403 `role_insufficient`. */
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
  query: ['organization_not_found', 'no_organization'],
};

/** Kinds of errors that differ from their declaration: a request to a route of tenants could have named one. */
export function organizationErrorKinds({
  from,
}: Pick<OrganizationRequirement, 'from'>): Record<string, ErrorKind> {
  return from === 'tenant' ? { no_organization: 'invalid' } : {};
}

/** Returns the codes of all errors that `authorize` can throw for this requirement. */
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
