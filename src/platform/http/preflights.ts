import type { FastifyInstance } from 'fastify';

export interface PreflightRouteConfig {
  anyPreflight?: true;
}

const HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Methods': 'GET',
  'Access-Control-Allow-Headers': 'Authorization, X-API-Key, Content-Type',
  'Access-Control-Max-Age': '600',
};

/**
 * Answers the CORS preflights of routes with `anyPreflight`. Whether a page may read the response of the request itself depends on
 * its credentials, which a preflight does not have.
 */
export function answerAnyPreflight(fastify: FastifyInstance): void {
  const paths = new Set<string>();
  fastify.addHook('onRoute', ({ url, config }) => {
    if ((config as PreflightRouteConfig | undefined)?.anyPreflight) paths.add(url);
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    const { method, headers, url } = request;
    const isPreflight = method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
    if (!isPreflight || !paths.has(url.split('?')[0] ?? '')) done();
    else void reply.code(204).headers(HEADERS).send();
  });
}
