import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { invalidField } from '../errors/index.js';

const HEADER = 'idempotency-key';
const WELL_FORMED = /^[\x21-\x7e]{1,255}$/;

/** Returns the `Idempotency-Key` header. Throws 400 when it is malformed. */
export function parseIdempotencyKey({ headers }: FastifyRequest): string | undefined {
  const key = headers[HEADER];
  if (key === undefined || (typeof key === 'string' && WELL_FORMED.test(key)))
    return key as string | undefined;
  const message = 'must be 1 to 255 visible ASCII characters';
  throw invalidField('Idempotency-Key', 'pattern', message);
}

/** Injects the key, for operations that are `idempotent: 'self-managed'`. */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext) =>
  parseIdempotencyKey(context.switchToHttp().getRequest<FastifyRequest>()),
);
