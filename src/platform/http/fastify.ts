import cors from '@fastify/cors';
import multipart from '@fastify/multipart';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import type { Config } from '../config/index.js';
import { requestContext } from '../context/request-context.js';
import { sendError } from '../errors/error-filter.js';
import { toAppError, toErrorResponse } from '../errors/error-mapping.js';
import { platformErrors } from '../errors/index.js';
import { randomId } from '../kernel/ids.js';
import { toNetwork } from '../kernel/network.js';
import type { Log } from '../logging/index.js';
import { JsonList } from '../pagination/index.js';
import { routeUpgradeRequests } from '../web-sockets/upgrade-requests.js';
import { type BodyLimitRouteConfig, type UploadRouteConfig, registerBodyParsers } from './body-parsers.js';
import { normalizeForwardedHops } from './client-address.js';
import { answerClientError, answerMalformedRequests } from './client-error.js';
import { answerAnyPreflight } from './preflights.js';
import { securityHeaders } from './security-headers.js';
import { limitUnsentBytes } from './slow-client-limits.js';
import { refuseWrongMethods } from './wrong-method.js';

/** The request pipe validates and responses are plain JSON, so the schema compilers of Fastify are not loaded. */
const NO_SCHEMA_COMPILERS = {
  compilersFactory: { buildValidator: () => () => () => true, buildSerializer: () => () => JSON.stringify },
};

/** Returns the options of the HTTP server. */
export function fastifyOptions(config: Config, log: Log): object {
  return {
    loggerInstance: log.pino,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: toTrustProxyOption(config.trustProxy),
    genReqId: (request: FastifyRequest) => resolveRequestId(request.headers['x-request-id']),
    schemaController: NO_SCHEMA_COMPILERS,
    requestTimeout: 60_000,
    http: { requireHostHeader: false }, // answerMalformedRequests sends the error body of this API
    clientErrorHandler: answerClientError,
    forceCloseConnections: 'idle',
    return503OnClosing: false, // registerDrainHooks sends the error body of this API
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: FastifyReply) =>
      sendError(reply, request.id, toErrorResponse(toAppError(error))),
  };
}

/** Fastify ignores a bare number of trusted proxies, so the number becomes a function. The peer itself is hop 0. */
export function toTrustProxyOption(
  trustProxy: Config['trustProxy'],
): string | string[] | boolean | ((address: string, hop: number) => boolean) {
  if (typeof trustProxy !== 'number') return trustProxy ?? false;
  return (_address, hop) => hop < trustProxy;
}

const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** Returns the request id that the client sent when it is well formed, else a new one. */
export function resolveRequestId(headerValue: unknown): string {
  return typeof headerValue === 'string' && REQUEST_ID.test(headerValue) ? headerValue : randomId();
}

/** Registers hooks and parsers. Fastify runs hooks in the order of registration. */
export async function configureFastify(
  fastify: FastifyInstance,
  { corsOrigins, trustProxy, basePath }: Config,
  onDrain: () => void,
): Promise<void> {
  if (trustProxy !== undefined) normalizeForwardedHops(fastify);
  registerRequestContext(fastify, basePath);
  answerAnyPreflight(fastify);
  if (corsOrigins.length > 0) await registerCors(fastify, [...corsOrigins]);
  answerMalformedRequests(fastify);
  refuseWrongMethods(fastify);
  registerBodyParsers(fastify);
  raiseBodyLimits(fastify);
  await fastify.register(multipart, { throwFileSizeLimit: false }); // FormReader names the limit
  refuseOtherForms(fastify);
  fastify.setReplySerializer(serialize);
  limitUnsentBytes(fastify);
  routeUpgradeRequests(fastify);
  registerDrainHooks(fastify, onDrain);
}

/** Leaves a list of rows that are JSON already to `limitUnsentBytes`. */
function serialize(payload: unknown): string {
  return payload instanceof JsonList ? (payload as unknown as string) : JSON.stringify(payload);
}

function registerRequestContext(fastify: FastifyInstance, basePath: string): void {
  const headers = securityHeaders();
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers(headers).header('X-Request-ID', request.id).header('Cache-Control', 'no-store');
    const setHeader = (name: string, value: string): void => void reply.header(name, value);
    const removeHeader = (name: string): void => void reply.removeHeader(name);
    const network = (): string => toNetwork(request.ip);
    const url = `${basePath}${request.url}`;
    requestContext.run({ requestId: request.id, url, setHeader, removeHeader, network }, done);
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    const status = requestContext.successStatus;
    if (status !== undefined && reply.statusCode >= 200 && reply.statusCode < 300) void reply.status(status);
    done();
  });
}

/** Applies `bodyLimit` of `@Operation`, which Nest passes on as configuration of the route. */
function raiseBodyLimits(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    const { bodyLimit } = (route.config ?? {}) as BodyLimitRouteConfig;
    if (bodyLimit !== undefined) route.bodyLimit = bodyLimit;
  });
}

/** Refuses a multipart form for a route that takes no file, as Fastify refuses other content types: before the guards. */
function refuseOtherForms(fastify: FastifyInstance): void {
  fastify.addHook('preValidation', (request, _reply, done) => {
    const { upload } = request.routeOptions.config as UploadRouteConfig;
    const isRefused = request.isMultipart() && !upload && !request.is404;
    done(isRefused ? platformErrors.unsupported_media_type() : undefined);
  });
}

const CORS_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

const CORS_EXPOSED_HEADERS = [
  'Link',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'Retry-After',
  'X-Request-ID',
  'Idempotent-Replayed',
  'X-Route',
];

async function registerCors(fastify: FastifyInstance, origin: string[]): Promise<void> {
  await fastify.register(cors, {
    origin,
    methods: CORS_METHODS,
    exposedHeaders: CORS_EXPOSED_HEADERS,
    maxAge: 600,
    strictPreflight: false, // an OPTIONS request without CORS headers is valid and not a preflight
  });
}

/**
 * While the server shuts down, refuses new requests with 503 and closes each connection after its response: a connection
 * that is kept alive would delay the shutdown.
 */
function registerDrainHooks(fastify: FastifyInstance, onDrain: () => void): void {
  let draining = false;
  fastify.addHook('preClose', (done) => {
    draining = true;
    onDrain();
    done();
  });
  fastify.addHook('onRequest', (_request, _reply, done) => {
    done(draining ? platformErrors.overloaded({ retryAfter: 1 }) : undefined);
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (draining) void reply.header('Connection', 'close');
    done();
  });
}
