import type { Server } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ConfigError, type Config } from './config/index.js';
import { WrongSecretError } from './crypto/persistence/installation.js';
import { HealthService } from './health/health.service.js';
import { Log } from './logging/index.js';
import { EmbeddedDatabaseError } from './persistence/embedded/index.js';
import { Database } from './persistence/index.js';

type CreateApp = (options: {
  config: Config;
  log: Log;
  onFatal: () => void;
}) => Promise<NestFastifyApplication>;

/** Then busy connections are closed, so that jobs and the database can stop in order. */
const CLOSE_CONNECTIONS_AFTER_MS = 6_000;
const EXIT_AFTER_MS = 9_000;

/** Starts the server and logs its URLs. On SIGTERM or SIGINT it shuts down and exits with 0 within ten seconds. */
export async function runServer(load: () => Config, createApp: CreateApp): Promise<void> {
  try {
    const config = load();
    const log = new Log(config);
    const app = await createApp({ config, log, onFatal: () => process.kill(process.pid, 'SIGTERM') });
    shutDownOnSignal(app, log);
    await app.listen(config.port, config.host);
    logReady(app, config, log);
  } catch (error) {
    process.stderr.write(`${toStartupErrorMessage(error)}\n`);
    process.exit(1);
  }
}

function shutDownOnSignal(app: NestFastifyApplication, log: Log): void {
  let shuttingDown = false;
  const shutDown = async (signal: string): Promise<void> => {
    if (shuttingDown) return;
    shuttingDown = true;
    log.info('server.draining', { signal });
    app.get(HealthService).drain();
    setTimeout(
      () => (app.getHttpServer() as Server).closeAllConnections(),
      CLOSE_CONNECTIONS_AFTER_MS,
    ).unref();
    setTimeout(() => process.exit(0), EXIT_AFTER_MS).unref();
    await app.close().catch((error: unknown) => log.error('server.drain_failed', error));
    log.info('server.stopped');
    process.exit(0);
  };
  process.on('SIGTERM', () => void shutDown('SIGTERM'));
  process.on('SIGINT', () => void shutDown('SIGINT'));
}

function logReady(app: NestFastifyApplication, config: Config, log: Log): void {
  const { port } = app.getHttpServer().address() as { port: number };
  const baseUrl = config.publicUrl ?? config.baseUrl.replace(/:\d+$/, `:${port}`);
  log.info('server.ready', {
    api: baseUrl,
    reference: `${baseUrl}/docs/api`,
    guides: `${baseUrl}/docs`,
    database: app.get(Database).clusterDir ?? 'DATABASE_URL',
    mail: config.mail === 'outbox' ? `${baseUrl}/dev/outbox` : config.mail,
  });
}

/** Returns the message of an expected error, and the stack of an unexpected one. */
function toStartupErrorMessage(error: unknown): string {
  if (
    error instanceof ConfigError ||
    error instanceof WrongSecretError ||
    error instanceof EmbeddedDatabaseError
  ) {
    return error.message;
  }
  const { code, port, stack } = error as { code?: string; port?: number; stack?: string };
  if (code === 'EADDRINUSE') return `Port ${port} is in use. Choose another one with PORT=…`;
  return stack ?? String(error);
}
