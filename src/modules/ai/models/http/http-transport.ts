import type { IncomingHttpHeaders } from 'node:http';
import { Agent } from 'undici';
import type { Clock } from '@/platform/kernel/clock.js';
import { parseJson } from '../json-fields.js';
import { failureFromStatus, type ModelFailure, failureFromNetworkError } from '../model-failure.js';
import { WholeBodyDecoder } from './body-decoders.js';
import { type CallTimeouts, HttpExchange, type ResponseHandler } from './http-exchange.js';
import { parseRetryAfter } from './retry-after.js';

/** One HTTP request, ready to send. */
export interface HttpCall {
  method: 'GET' | 'POST';
  origin: string;
  /** Including the query. */
  path: string;
  headers: Record<string, string>;
  body?: string;
  /** Maps a failed status by the beginning of its body; null falls back to the status. */
  mapError?: (status: number, body: string) => ModelFailure | null;
}

/** Connections to one provider. A stream uses its connection until it ends. The concurrency limit is not higher. */
const MAX_CONNECTIONS = 4_096;
const CONNECT_MS = 10_000;

/**
 * Sends requests to providers. Connections are kept alive, TLS is verified, redirects are never followed (a key must
 * not reach another host), and errors contain no text of the provider.
 */
export class HttpTransport {
  private readonly agent: Agent;

  constructor(
    private readonly clock: Clock,
    connections = MAX_CONNECTIONS,
  ) {
    // The exchange has its own timeouts; those of undici would only add a second timer.
    const untimed = { headersTimeout: 0, bodyTimeout: 0 };
    this.agent = new Agent({ ...untimed, connections, pipelining: 1, connect: { timeout: CONNECT_MS } });
  }

  /** Sends a request. Errors are passed to `handler.onError`, never thrown. */
  send(call: HttpCall, handler: ResponseHandler, timeouts: CallTimeouts, signal?: AbortSignal): HttpExchange {
    const mapError = (status: number, headers: IncomingHttpHeaders, body: string): ModelFailure =>
      call.mapError?.(status, body) ??
      failureFromStatus(status, parseRetryAfter(headers, this.clock.millis()));
    const exchange = new HttpExchange(handler, timeouts, mapError, signal);
    if (signal?.aborted) {
      exchange.fail(signal.reason);
      return exchange;
    }
    const { method, origin, path, headers, body } = call;
    try {
      this.agent.dispatch({ method, origin, path, headers, body: body ?? null }, exchange);
    } catch (error) {
      exchange.fail(failureFromNetworkError(error, false));
    }
    return exchange;
  }

  /** Returns the parsed JSON body. Throws a {@link ModelFailure}, or the reason of the aborted signal. */
  fetchJson(call: HttpCall, timeouts: CallTimeouts, signal?: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const decoder = new WholeBodyDecoder((text) => resolve(parseJson(text)));
      const handler: ResponseHandler = {
        onStart: () => undefined,
        onData: (chunk) => {
          decoder.feed(chunk);
          return 'no_progress';
        },
        onEnd: () => decoder.end(),
        onError: reject,
      };
      this.send(call, handler, timeouts, signal);
    });
  }

  /** Closes every connection, including those in use. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }
}
