import type { Logger } from 'pino';
import { pino } from 'pino';
import { Config } from '../config/index.js';
import { requestContext } from '../context/request-context.js';
import { isTemporaryFailure } from '../kernel/temporary-failure.js';
import { createPrettyStream } from './pretty.js';

type LogFields = Readonly<Record<string, unknown>>;

/**
 * Writes named events as JSON lines, with the request id. Bodies, tokens, addresses and prompts must not be logged. Of an error,
 * only name, message, stack and codes are logged.
 */
export class Log {
  readonly pino: Logger;
  /** Lines of events that are limited to one a second. */
  private readonly limited = new Map<string, { until: number; omitted: number }>();

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

  debug(event: string, fields: LogFields = {}): void {
    this.pino.debug({ event, ...fields });
  }

  info(event: string, fields: LogFields = {}): void {
    this.pino.info({ event, ...fields });
  }

  warn(event: string, fields: LogFields = {}): void {
    this.pino.warn({ event, ...fields });
  }

  /** Writes at most one line a second for this event. The next one has the number of `omitted` lines. */
  warnAtMostEverySecond(event: string, fields: LogFields = {}): void {
    const now = performance.now();
    const { until, omitted } = this.limited.get(event) ?? { until: 0, omitted: 0 };
    const isLimited = now < until;
    this.limited.set(event, isLimited ? { until, omitted: omitted + 1 } : { until: now + 1000, omitted: 0 });
    if (!isLimited) this.warn(event, omitted > 0 ? { ...fields, omitted } : fields);
  }

  /** Without a dependency, all work fails for the same reason: then at most one line a second, without a stack. */
  error(event: string, error: unknown, fields: LogFields = {}): void {
    if (isTemporaryFailure(error))
      return this.warnAtMostEverySecond(event, { ...fields, ...describeError(error) });
    this.pino.error({ event, err: error, ...fields });
  }
}

/** Returns message and code of an error, without its stack and the query parameters of database errors. */
export function describeError(error: unknown): LogFields {
  const { message, code } = (error ?? {}) as { message?: string; code?: string };
  return { reason: message ?? String(error), reason_code: code };
}

/** Omits the query parameters of database errors, which can be secrets. */
function serializeError(error: unknown): LogFields {
  if (!(error instanceof Error)) return { message: String(error) };
  const { name, message, stack } = error;
  const cause = error.cause === undefined ? {} : { cause: serializeError(error.cause) };
  const { code, constraint } = error as { code?: string; constraint?: string };
  return { name, message, stack, code, constraint, ...cause };
}
