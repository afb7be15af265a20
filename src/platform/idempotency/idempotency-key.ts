import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { invalidField } from '../errors/index.js';

const HEADER = 'idempotency-key';
const WELL_FORMED = /^[\x21-\x7e]{1,255}$/;

/** The `Idempotency-Key` of a request, if it has one. Throws 400 for one that is no key. */
export function parseIdempotencyKey({ headers }: FastifyRequest): string | undefined {
  const key = headers[HEADER];
  if (key === undefined || (typeof key === 'string' && WELL_FORMED.test(key)))
    return key as string | undefined;
  const message = 'must be 1 to 255 visible ASCII characters';
  throw invalidField('Idempotency-Key', 'pattern', message);
}

/** For an operation that honours the key by itself: `idempotent: 'self-managed'`. */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext) =>
  parseIdempotencyKey(context.switchToHttp().getRequest<FastifyRequest>()),
);
