import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { invalidField } from '../errors/index.js';

const MAX_EVENT_ID = 2_000_000_000;

/** Whether the client asks for an event stream by its `Accept` header. */
export const AcceptsEventStream = createParamDecorator((_: unknown, context: ExecutionContext): boolean => {
  const { accept = '' } = context.switchToHttp().getRequest<FastifyRequest>().headers;
  const eventStreamWeight = acceptWeight(accept, 'text/event-stream');
  return eventStreamWeight > 0 && eventStreamWeight >= acceptWeight(accept, 'application/json');
});

/** The weight an `Accept` header gives to a type that it names; 0 for one it does not name. */
function acceptWeight(accept: string, type: string): number {
  const named = accept.split(',').find((part) => part.trim().toLowerCase().startsWith(type));
  return named === undefined ? 0 : Number(/;\s*q=([\d.]+)/i.exec(named)?.[1] ?? 1);
}

/** The number of the last event a reader has seen; 0 for none. Throws 400 for what is no number. */
export const LastEventId = createParamDecorator((_: unknown, context: ExecutionContext): number => {
  const id = context.switchToHttp().getRequest<FastifyRequest>().headers['last-event-id'];
  if (id === undefined || id === '') return 0;
  if (typeof id === 'string' && /^\d{1,10}$/.test(id) && +id <= MAX_EVENT_ID) return +id;
  throw invalidField('Last-Event-ID', 'integer', 'must be the number of an event');
});
