import type { FastifyInstance } from 'fastify';
import { platformErrors } from '../errors/index.js';

/** These paths answer 404 to callers who may not use them, so they do not show that they exist. */
const HIDDEN_PATHS = /^\/(dev|metrics)(\/|$)/;

interface RoutePattern {
  pattern: RegExp;
  methods: Set<string>;
}

/** Refuses with 405 and `Allow` a request whose path exists for other methods only. */
export function refuseWrongMethods(fastify: FastifyInstance): void {
  const routes = new Map<string, RoutePattern>();
  fastify.addHook('onRoute', ({ url, method }) => {
    if (url === '*') return; // preflight requests
    const route = routes.get(url) ?? { pattern: toPattern(url), methods: new Set<string>() };
    routes.set(url, route);
    for (const each of [method].flat()) route.methods.add(each);
  });
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) return done();
    const path = request.url.replace(/\?.*$/s, '');
    const methods = HIDDEN_PATHS.test(path) ? [] : findMethods([...routes.values()], path);
    if (methods.length === 0) return done();
    void reply.header('Allow', methods.join(', '));
    done(platformErrors.method_not_allowed());
  });
}

function findMethods(routes: RoutePattern[], path: string): string[] {
  const matching = routes.filter(({ pattern }) => pattern.test(path));
  return [...new Set(matching.flatMap(({ methods }) => [...methods]))].sort();
}

/** Returns the pattern of a route of Fastify: `:name` is one segment, and `*` the rest of the path. */
function toPattern(url: string): RegExp {
  const path = url
    .replace(/\/$/, '')
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/:\w+/g, '[^/]+')
    .replace(/\*/g, '.*');
  return new RegExp(`^${path}/?$`);
}
