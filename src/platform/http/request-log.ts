import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RequestWithActor } from '../access/actor.js';
import type { Log } from '../logging/log.js';

type ObserveRequest = (request: FastifyRequest, reply: FastifyReply) => void;

/** Monitors call these every few seconds. Their successes are logged at the level debug. */
const PROBES = /^\/(health\/\w+|metrics)$/;

/** Logs one line for each request: route pattern, status, code, duration, actor, request id. Never bodies or queries. */
export function logRequests(fastify: FastifyInstance, log: Log, observe: ObserveRequest): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const { routeOptions, method, actor } = request as RequestWithActor;
    observe(request, reply);
    const { url: route = 'unknown' } = routeOptions;
    const fields = {
      request_id: request.id,
      method,
      route,
      status: reply.statusCode,
      code: (request as { errorCode?: string }).errorCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      user_id: actor?.userId,
      api_key_id: actor?.via === 'api_key' ? actor.keyId : undefined,
    };
    if (PROBES.test(route) && reply.statusCode < 400) log.debug('http.request', fields);
    else log.info('http.request', fields);
    done();
  });
}
