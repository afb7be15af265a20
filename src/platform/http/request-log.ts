import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RequestWithActor } from '../access/actor.js';
import type { Log } from '../logging/log.js';

type ObserveRequest = (request: FastifyRequest, reply: FastifyReply) => void;

/** Logs one line for each request: route pattern, status, code, duration, actor, request id. Never bodies or queries. */
export function logRequests(fastify: FastifyInstance, log: Log, observe: ObserveRequest): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const { routeOptions, method, actor } = request as RequestWithActor;
    observe(request, reply);
    log.info('http.request', {
      request_id: request.id,
      method,
      route: routeOptions.url ?? 'unknown',
      status: reply.statusCode,
      code: (request as { errorCode?: string }).errorCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      user_id: actor?.userId,
      api_key_id: actor?.via === 'api_key' ? actor.keyId : undefined,
    });
    done();
  });
}
