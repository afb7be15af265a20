import type { Logger } from 'pino';
import { pino } from 'pino';
import { Config } from '../config/index.js';
import { requestContext } from '../context/request-context.js';
import { createPrettyStream } from './pretty.js';

type LogFields = Readonly<Record<string, unknown>>;

/**
 * Writes named events as JSON lines, with the request id. Bodies, tokens, addresses and prompts must not be logged. Of an error,
 * only name, message, stack and codes are logged.
 */
export class Log {
  readonly pino: Logger;

  constructor(config: Config) {
    const options = {
      level: config.logLevel,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label: string) => ({ level: label }) },
      serializers: { err: serializeError, req: () => undefined, res: () => undefined },
      mixin: () => (requestContext.requestId ? { request_id: requestContext.requestId } : {}),
    };
    this.pino =
      config.production || !process.stdout.isTTY ? pino(options) : pino(options, createPrettyStream());
  }

  info(event: string, fields: LogFields = {}): void {
    this.pino.info({ event, ...fields });
  }

  warn(event: string, fields: LogFields = {}): void {
    this.pino.warn({ event, ...fields });
  }

  error(event: string, error: unknown, fields: LogFields = {}): void {
    this.pino.error({ event, err: error, ...fields });
  }
}

/** Omits the query parameters of database errors, which can be secrets. */
function serializeError(error: unknown): LogFields {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack } = error;
  const cause = error.cause === undefined ? {} : { cause: serializeError(error.cause) };
  const { code, constraint } = error as { code?: string; constraint?: string };
  return { name, message, stack, code, constraint, ...cause };
}
