import { symbols } from 'pino';
import { parseConfig } from '@/platform/config/index.js';
import { Log } from '@/platform/logging/index.js';

/** The product's own log, with its own serializers and everything switched on, written to memory. */
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

/** What production insists on; nothing of it is used here. Production, because then lines are never prettified. */
const PRODUCTION_SETTINGS = {
  APP_SECRET: 'a value for the parser and nothing else',
  PUBLIC_URL: 'https://api.test',
  MAIL: 'off',
};
