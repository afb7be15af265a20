import { setTimeout as pause } from 'node:timers/promises';
import { ModelFailure } from '../model-failure.js';
import { buildPost, type Endpoint } from './endpoint.js';
import type { HttpTransport } from './http-transport.js';

export interface JsonRequestOptions {
  /** Milliseconds for each attempt. */
  timeoutMs: number;
  /** One by default. An attempt is repeated when the server was busy, failed, or could not be reached. */
  attempts?: number;
  signal?: AbortSignal | undefined;
}

const FIRST_DELAY_MS = 500;
/** A server that asks for a longer pause is not asked again. */
const MAX_DELAY_MS = 30_000;

/** Sends JSON to an endpoint with one model, such as one for embeddings. */
export class JsonClient {
  constructor(
    private readonly transport: HttpTransport,
    private readonly endpoint: Endpoint,
  ) {}

  /**
   * Returns the JSON of the answer, of at most 8 MiB. Throws a {@link ModelFailure}, which has no text of the server, or the
   * reason of the aborted signal.
   */
  async post(path: string, body: unknown, options: JsonRequestOptions): Promise<unknown> {
    const { timeoutMs, attempts = 1, signal } = options;
    const call = buildPost(this.endpoint, path, body);
    const timeouts = { answerMs: timeoutMs, stallMs: timeoutMs };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.transport.fetchJson(call, timeouts, signal);
      } catch (error) {
        const delay = findRepeatDelay(error, attempt);
        if (delay === undefined || attempt >= attempts) throw withoutStatement(error);
        await pause(delay, undefined, { signal });
      }
    }
  }

  async close(): Promise<void> {
    await this.transport.close();
  }
}

/** Returns the failure without the words of the server, which can repeat the key. */
function withoutStatement(error: unknown): unknown {
  return error instanceof ModelFailure
    ? new ModelFailure(error.reason, error.retryAfter, error.detail)
    : error;
}

/** Returns undefined when a repetition is useless. */
function findRepeatDelay(error: unknown, attempt: number): number | undefined {
  if (!(error instanceof ModelFailure) || error.kind === 'refused') return undefined;
  const delay =
    error.retryAfter === undefined ? FIRST_DELAY_MS * 2 ** (attempt - 1) : error.retryAfter * 1000;
  return delay <= MAX_DELAY_MS ? delay : undefined;
}
