import { symbols } from 'pino';
import { parseConfig } from '@/platform/config/index.js';
import { Log } from '@/platform/logging/index.js';

/** The log of the product at level debug, with its serializers, which writes to memory. */
export class MemoryLog extends Log {
  readonly lines: string[] = [];

  constructor() {
    super(parseConfig({ NODE_ENV: 'production', LOG_LEVEL: 'debug', ...PRODUCTION_SETTINGS }));
    const stream = { write: (line: string) => void this.lines.push(line) };
    Object.assign(this.pino, { [symbols.streamSym]: stream });
  }

  get text(): string {
    return this.lines.join('');
  }
}

/** The settings that production requires. Only in production the lines are always JSON. */
const PRODUCTION_SETTINGS = {
  APP_SECRET: 'a value for the parser and nothing else',
  PUBLIC_URL: 'https://api.test',
  MAIL: 'off',
};
