import type { FastifyRequest } from 'fastify';
import { type AppError, validationFailed } from '@/platform/errors/index.js';
import { isId } from '@/platform/kernel/ids.js';

/**
 * The tenant a request about integration tokens names: `tenantId`, else the `tid` of the token it is about. The
 * token is not verified here: it only says in whose name the caller wants to act, and the caller must be let in.
 */
export function namedTenant({ method, body, query }: FastifyRequest): string | undefined {
  const sent = ((method === 'GET' ? query : body) ?? {}) as Record<string, unknown>;
  if (sent.tenantId !== undefined) return wellFormed('tenantId', sent.tenantId);
  return typeof sent.integrationToken === 'string' ? tenantOf(sent.integrationToken) : undefined;
}

/** An id in a body or query, lower-cased; throws 400 naming the field. */
export function wellFormed(path: string, value: unknown): string {
  if (typeof value !== 'string') throw fault(path, 'string', 'must be a string');
  if (!isId(value)) throw fault(path, 'uuid', 'must be an id');
  return value.toLowerCase();
}

export function fault(path: string, rule: string, message: string): AppError {
  return validationFailed([{ path, rule, message }]);
}

function tenantOf(token: string): string | undefined {
  try {
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
    const { tid } = JSON.parse(payload) as { tid?: unknown };
    return typeof tid === 'string' ? tid : undefined;
  } catch {
    return undefined;
  }
}
