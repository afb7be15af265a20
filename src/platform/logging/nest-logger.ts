import type { LoggerService } from '@nestjs/common';
import { Log } from './log.js';

/** Writes warnings and errors of Nest to the log. Messages of lower levels are dropped. */
export class NestLogger implements LoggerService {
  constructor(private readonly target: Log) {}

  log(): void {}
  debug(): void {}
  verbose(): void {}

  warn(message: unknown): void {
    this.target.warn('nest', { message: String(message) });
  }

  error(message: unknown, stack?: unknown): void {
    const error = message instanceof Error ? message : new Error(String(message));
    if (typeof stack === 'string') error.stack = stack;
    this.target.error('nest', error);
  }

  fatal(message: unknown): void {
    this.error(message);
  }
}
