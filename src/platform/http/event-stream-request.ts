import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { validationFailed } from '../errors/index.js';

const MOST = 2_000_000_000;

/** Whether the client asks for an event stream by its `Accept` header. */
export const AcceptsEvents = createParamDecorator((_: unknown, context: ExecutionContext): boolean => {
  const { accept = '' } = context.switchToHttp().getRequest<FastifyRequest>().headers;
  return /\btext\/event-stream\b/i.test(accept);
});

/** The number of the last event a reader has seen; 0 for none. Throws 400 for what is no number. */
export const LastEventId = createParamDecorator((_: unknown, context: ExecutionContext): number => {
  const id = context.switchToHttp().getRequest<FastifyRequest>().headers['last-event-id'];
  if (id === undefined || id === '') return 0;
  if (typeof id === 'string' && /^\d{1,10}$/.test(id) && +id <= MOST) return +id;
  throw validationFailed([
    { path: 'Last-Event-ID', rule: 'integer', message: 'must be the number of an event' },
  ]);
});
