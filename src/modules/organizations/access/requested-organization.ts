import type { FastifyRequest } from 'fastify';
import { invalidField } from '@/platform/errors/index.js';
import { isId } from '@/platform/kernel/ids.js';

/**
 * The tenant a request about integration tokens names: `tenantId`, else the `tid` of the token it is about. The
 * token is not verified here: it only says in whose name the caller wants to act, and the caller must be let in.
 */
export function getRequestedTenantId({ method, body, query }: FastifyRequest): string | undefined {
  const parameters = ((method === 'GET' ? query : body) ?? {}) as Record<string, unknown>;
  if (parameters.tenantId !== undefined) return parseId('tenantId', parameters.tenantId);
  return typeof parameters.integrationToken === 'string'
    ? parseTokenTenantId(parameters.integrationToken)
    : undefined;
}

/** An id in a body or query, lower-cased; throws 400 naming the field. */
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
