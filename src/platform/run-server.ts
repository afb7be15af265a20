import type { Server } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ConfigError, type Config } from './config/index.js';
import { WrongSecretError } from './crypto/persistence/installation.js';
import { HealthService } from './health/health.service.js';
import { Log } from './logging/index.js';
import { EmbeddedDatabaseError } from './persistence/embedded/index.js';
import { Database, NewerDatabaseError } from './persistence/index.js';

type CreateApp = (options: {
  config: Config;
  log: Log;
  onFatal: () => void;
}) => Promise<NestFastifyApplication>;

/** Then busy connections are closed, so that jobs and the database can stop in order. */
const CLOSE_CONNECTIONS_AFTER_MS = 6_000;
const EXIT_AFTER_MS = 9_000;

/** A process manager that restarts failed processes starts the server again, and with it the database. */
const DATABASE_LOST_EXIT_CODE = 1;

/**
 * Starts the server and logs its URLs. On SIGTERM or SIGINT it shuts down and exits with 0 within ten seconds. When the
 * embedded database stops, it shuts down in the same way and exits with 1.
 */
export async function runServer(load: () => Config, createApp: CreateApp): Promise<void> {
  try {
    const config = load();
    const log = new Log(config);
    for (const { name, nearest } of config.misspeltVariables)
      log.warn('config.unknown_variable', { variable: name, did_you_mean: nearest });
    let stopWith: (exitCode: number) => void = process.exit;
    const app = await createApp({ config, log, onFatal: () => stopWith(DATABASE_LOST_EXIT_CODE) });
    stopWith = shutDownOnSignal(app, log);
    await app.listen(config.port, config.host);
    logReady(app, config, log);
  } catch (error) {
    process.stderr.write(`${toStartupErrorMessage(error)}\n`);
    process.exit(1);
  }
}

/** Returns a function that shuts the server down. The first call or signal determines the exit code. */
function shutDownOnSignal(app: NestFastifyApplication, log: Log): (exitCode: number) => void {
  let shuttingDown = false;
  const shutDown = async (exitCode: number, reason: object): Promise<void> => {
    if (shuttingDown) return;
    shuttingDown = true;
    log.info('server.draining', { ...reason });
    app.get(HealthService).drain();
    setTimeout(
      () => (app.getHttpServer() as Server).closeAllConnections(),
      CLOSE_CONNECTIONS_AFTER_MS,
    ).unref();
    setTimeout(() => process.exit(exitCode), EXIT_AFTER_MS).unref();
    await app.close().catch((error: unknown) => log.error('server.drain_failed', error));
    log.info('server.stopped');
    process.exit(exitCode);
  };
  process.on('SIGTERM', () => void shutDown(0, { signal: 'SIGTERM' }));
  process.on('SIGINT', () => void shutDown(0, { signal: 'SIGINT' }));
  return (exitCode) => void shutDown(exitCode, { exit_code: exitCode });
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
    error instanceof NewerDatabaseError ||
    error instanceof EmbeddedDatabaseError
  ) {
    return error.message;
  }
  const { code, port, stack } = error as { code?: string; port?: number; stack?: string };
  if (code === 'EADDRINUSE') return `Port ${port} is in use. Choose another one with PORT=…`;
  return stack ?? String(error);
}
