import 'reflect-metadata';
import cors from '@fastify/cors';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyInstance, type FastifyRequest, LogController } from 'fastify';
import { AppModule } from './app.module.js';
import type { Config } from './platform/config/index.js';
import { requestContext } from './platform/context/request-context.js';
import { sendError } from './platform/errors/error-filter.js';
import { toAppError, toErrorResponse } from './platform/errors/error-mapping.js';
import { platformErrors } from './platform/errors/index.js';
import { Metrics } from './platform/health/metrics.js';
import { registerBodyParsers } from './platform/http/body-parsers.js';
import { answerClientError, answerMalformedRequests } from './platform/http/client-error.js';
import { resolveRequestId } from './platform/http/request-id.js';
import { logRequests } from './platform/http/request-log.js';
import { securityHeaders } from './platform/http/security-headers.js';
import { limitUnsentBytes } from './platform/http/slow-client-limits.js';
import { type Clock, SystemClock } from './platform/kernel/clock.js';
import { type Entropy, SystemEntropy } from './platform/kernel/entropy.js';
import { Log, NestLogger } from './platform/logging/index.js';
import { serveDocs } from './platform/openapi/docs-server.js';
import { EventStreams } from './platform/sse/event-streams.js';

export interface AppOptions {
  config: Config;
  clock?: Clock;
  entropy?: Entropy;
  log?: Log;
  onFatal?: () => void;
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
];

/** The whole application, ready to listen or to be injected into: the same for `main.ts` and for every test. */
export async function createApp(options: AppOptions): Promise<NestFastifyApplication> {
  const {
    config,
    clock = new SystemClock(),
    entropy = new SystemEntropy(),
    onFatal = () => undefined,
  } = options;
  const log = options.log ?? new Log(config);
  const adapter = new FastifyAdapter(fastifyOptions(config, log) as object);
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot({ config, clock, entropy, log, onFatal }),
    adapter,
    { bodyParser: false, logger: new NestLogger(log), abortOnError: false },
  );
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  const headers = securityHeaders();
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.headers(headers).header('X-Request-ID', request.id);
    const setHeader = (name: string, value: string): void => void reply.header(name, value);
    requestContext.run({ requestId: request.id, url: request.url, setHeader }, done);
  });
  if (config.corsOrigins.length > 0) {
    await fastify.register(cors, {
      origin: [...config.corsOrigins],
      methods: CORS_METHODS,
      exposedHeaders: CORS_EXPOSED_HEADERS,
      maxAge: 600,
      strictPreflight: false, // a bare OPTIONS is no preflight, and no mistake either
    });
  }
  answerMalformedRequests(fastify);
  registerBodyParsers(fastify);
  limitUnsentBytes(fastify);
  registerDrainHooks(fastify, app.get(EventStreams));
  const metrics = app.get(Metrics);
  logRequests(fastify, log, (request, reply) => metrics.observeRequest(request, reply));
  await serveDocs(app, fastify);
  await app.init();
  return app;
}

/**
 * While the server drains, what is under way is finished and nothing new is begun. A connection ends with its
 * answer: kept alive, it would hold up the end.
 */
function registerDrainHooks(fastify: FastifyInstance, streams: EventStreams): void {
  let draining = false;
  fastify.addHook('preClose', (done) => {
    draining = true;
    streams.drain();
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

/** Requests are judged by our pipe and answers are plain JSON: Fastify's schema compilers need not be loaded. */
const NO_SCHEMA_COMPILERS = {
  compilersFactory: { buildValidator: () => () => () => true, buildSerializer: () => () => JSON.stringify },
};

function fastifyOptions(config: Config, log: Log): object {
  return {
    loggerInstance: log.pino,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: toTrustProxyOption(config.trustProxy),
    genReqId: (request: { headers: Record<string, unknown> }) =>
      resolveRequestId(request.headers['x-request-id']),
    schemaController: NO_SCHEMA_COMPILERS,
    requestTimeout: 60_000,
    http: { requireHostHeader: false }, // answered by us, in the shape of every other error
    clientErrorHandler: answerClientError,
    forceCloseConnections: 'idle',
    return503OnClosing: false, // answered above, in the shape of every other error
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    frameworkErrors: (error: unknown, request: FastifyRequest, reply: never) =>
      sendError(reply, request.id, toErrorResponse(toAppError(error))),
  };
}

/** Fastify ignores a bare number of hops; as a function it counts. The peer itself is hop 0. */
function toTrustProxyOption(trustProxy: Config['trustProxy']): unknown {
  if (typeof trustProxy !== 'number') return trustProxy ?? false;
  return (_address: string, hop: number) => hop < trustProxy;
}
