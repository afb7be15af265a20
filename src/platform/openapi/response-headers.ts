import type { DocumentedOperation } from './document-types.js';

const text = (description: string, example: string): object => ({
  description,
  schema: { type: 'string' },
  example,
});
const count = (description: string, example: number): object => ({
  description,
  schema: { type: 'integer', minimum: 0 },
  example,
});

/** The headers of responses that clients read. */
export const RESPONSE_HEADERS: Record<string, object> = {
  Link: text(
    'The next page of the list; absent on the last page (RFC 8288).',
    '</api/core/notes?cursor=AZrQ>; rel="next"',
  ),
  'Retry-After': count('Seconds until the next attempt.', 30),
  'RateLimit-Limit': count('Attempts in the window of the limit.', 10),
  'RateLimit-Remaining': count('Attempts that remain in the window.', 9),
  'RateLimit-Reset': count('Seconds until the window is over.', 900),
  'Idempotent-Replayed': text(
    '`true` when this is the response of an earlier request with the same key.',
    'true',
  ),
};

const RATE_LIMIT_HEADERS = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'];

/** Adds the headers to each response of an operation. `isLimited`: a rate limit applies. */
export function addResponseHeaders(operation: DocumentedOperation, isLimited: boolean): void {
  const parameters = (operation.parameters ?? []).map(({ name }) => name);
  const successHeaders = [
    ...(parameters.includes('cursor') ? ['Link'] : []),
    ...(parameters.includes('Idempotency-Key') ? ['Idempotent-Replayed'] : []),
    ...(isLimited ? RATE_LIMIT_HEADERS : []),
  ];
  for (const [status, response] of Object.entries(operation.responses)) {
    const names = status.startsWith('2') ? successHeaders : errorHeaders(status, isLimited);
    if (names.length === 0) continue;
    response.headers = Object.fromEntries(
      names.map((name) => [name, { $ref: `#/components/headers/${name}` }]),
    );
  }
}

function errorHeaders(status: string, isLimited: boolean): string[] {
  if (status === '503') return ['Retry-After'];
  if (status !== '429') return [];
  return isLimited ? ['Retry-After', ...RATE_LIMIT_HEADERS] : ['Retry-After'];
}
