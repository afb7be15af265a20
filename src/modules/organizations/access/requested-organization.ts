import type { FastifyRequest } from 'fastify';
import type { OrganizationRequirement } from '@/platform/access/index.js';
import { invalidField } from '@/platform/errors/index.js';
import { isId } from '@/platform/kernel/ids.js';

type RequestParts = Pick<FastifyRequest, 'method' | 'params' | 'query' | 'body'>;

/**
 * Returns the id of the organization that the request names, in lower case but not always a UUID; undefined when the
 * request leaves the choice to the server. Throws 400 naming the field when a body or query value is malformed.
 */
export function getRequestedOrganizationId(
  request: RequestParts,
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
    case 'query':
      return getQueriedOrganizationId(request);
  }
}

function getQueriedOrganizationId({ query }: RequestParts): string | undefined {
  const parameters = (query ?? {}) as Record<string, unknown>;
  const name = ['organization_id', 'org_id'].find((candidate) => parameters[candidate] !== undefined);
  return name === undefined ? undefined : parseId(name, parameters[name]);
}

/**
 * Returns `tenantId` of a request about integration tokens, else the `tid` claim of its `integrationToken`. The
 * token is not verified here: the claim only selects the organization in which the actor is then authorized.
 */
function getRequestedTenantId({ method, body, query }: RequestParts): string | undefined {
  const parameters = ((method === 'GET' ? query : body) ?? {}) as Record<string, unknown>;
  if (parameters.tenantId !== undefined) return parseId('tenantId', parameters.tenantId);
  return typeof parameters.integrationToken === 'string'
    ? parseTokenTenantId(parameters.integrationToken)
    : undefined;
}

/** Returns the id in lower case. Throws 400 naming the field `path` unless `value` is a UUID. */
export function parseId(path: string, value: unknown): string {
  if (typeof value !== 'string') throw invalidField(path, 'string', 'must be a string');
  if (!isId(value)) throw invalidField(path, 'uuid', 'must be an id');
  return value.toLowerCase();
}

function parseTokenTenantId(token: string): string | undefined {
  try {
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
    const { tid } = JSON.parse(payload) as { tid?: unknown };
    return typeof tid === 'string' ? tid : undefined;
  } catch {
    return undefined;
  }
}
