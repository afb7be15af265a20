import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { AppModule } from './app.module.js';
import type { Config } from './platform/config/index.js';
import { Metrics } from './platform/health/metrics.js';
import { configureFastify, fastifyOptions } from './platform/http/fastify.js';
import { logRequests } from './platform/http/request-log.js';
import { RunningHandlers } from './platform/http/running-handlers.js';
import { type Clock, SystemClock } from './platform/kernel/clock.js';
import { type Entropy, SystemEntropy } from './platform/kernel/entropy.js';
import { Log, NestLogger } from './platform/logging/index.js';
import { serveDocs } from './platform/openapi/docs-server.js';
import { Database } from './platform/persistence/index.js';
import { EventStreams } from './platform/sse/event-streams.js';
import { WebSockets } from './platform/web-sockets/web-sockets.js';

export interface AppOptions {
  config: Config;
  clock?: Clock;
  entropy?: Entropy;
  log?: Log;
  onFatal?: () => void;
}

/** How long the database stays open for handlers whose clients have disconnected. */
const HANDLERS_END_WITHIN_MS = 1_500;

/** Creates the whole application, initialized but not listening. The server and all tests use this function. */
export async function createApp(options: AppOptions): Promise<NestFastifyApplication> {
  const {
    config,
    clock = new SystemClock(),
    entropy = new SystemEntropy(),
    log = new Log(config),
    onFatal = () => undefined,
  } = options;
  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.forRoot({ config, clock, entropy, log, onFatal }),
    new FastifyAdapter(fastifyOptions(config, log)),
    { bodyParser: false, logger: new NestLogger(log), abortOnError: false },
  );
  const fastify: FastifyInstance = app.getHttpAdapter().getInstance();
  const handlers = new RunningHandlers();
  handlers.observe(fastify);
  app.get(Database).beforeClose(() => handlers.waitForNone(HANDLERS_END_WITHIN_MS));
  const [streams, webSockets] = [app.get(EventStreams), app.get(WebSockets)];
  await configureFastify(fastify, config, () => (streams.drain(), webSockets.drain()));
  const metrics = app.get(Metrics);
  logRequests(fastify, log, (request, reply) => metrics.observeRequest(request, reply));
  await serveDocs(app, fastify, config);
  await app.init();
  return app;
}
