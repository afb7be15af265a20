import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { invalidField } from '../errors/index.js';
import { acceptWeight } from '../kernel/accept-header.js';

const MAX_EVENT_ID = 2_000_000_000;

/** Injects whether the `Accept` header requests an event stream. */
export const AcceptsEventStream = createParamDecorator((_: unknown, context: ExecutionContext): boolean => {
  const { accept = '' } = context.switchToHttp().getRequest<FastifyRequest>().headers;
  const eventStreamWeight = acceptWeight(accept, 'text/event-stream');
  return eventStreamWeight > 0 && eventStreamWeight >= acceptWeight(accept, 'application/json');
});

/** Injects the id of the last event that the client received; 0 without one. Throws 400 for a malformed id. */
export const LastEventId = createParamDecorator((_: unknown, context: ExecutionContext): number => {
  const id = context.switchToHttp().getRequest<FastifyRequest>().headers['last-event-id'];
  if (id === undefined || id === '') return 0;
  if (typeof id === 'string' && /^\d{1,10}$/.test(id) && +id <= MAX_EVENT_ID) return +id;
  throw invalidField('Last-Event-ID', 'integer', 'must be the id of an event');
});
