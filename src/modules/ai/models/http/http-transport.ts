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
  /** With its query. */
  path: string;
  headers: Record<string, string>;
  body?: string;
  /** What a refusal means where its status does not tell; null: what the status says. Gets the beginning of the body. */
  mapError?: (status: number, body: string) => ModelFailure | null;
}

/** Requests at once to one provider; a stream keeps its connection until it ends. Nobody is admitted who would have to wait. */
const MAX_CONNECTIONS = 4_096;
const CONNECT_MS = 10_000;

/**
 * The only way to a provider: kept connections, TLS verified, redirects never followed (a key must not travel to
 * another host), errors without a word of the provider's.
 */
export class HttpTransport {
  private readonly agent: Agent;

  constructor(
    private readonly clock: Clock,
    connections = MAX_CONNECTIONS,
  ) {
    // The time limits are those of the exchange; undici's own would only add a second timer.
    const untimed = { headersTimeout: 0, bodyTimeout: 0 };
    this.agent = new Agent({ ...untimed, connections, pipelining: 1, connect: { timeout: CONNECT_MS } });
  }

  /** Sends, and hands what comes to `receiver`. */
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

  /** The whole body of the answer, as JSON. Throws a {@link ModelFailure}, or the signal's reason. */
  fetchJson(call: HttpCall, timeouts: CallTimeouts, signal?: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const decoder = new WholeBodyDecoder((text) => resolve(parseJson(text)));
      const handler: ResponseHandler = {
        onStart: () => undefined,
        onData: (chunk) => {
          decoder.feed(chunk);
          return 'quiet';
        },
        onEnd: () => decoder.end(),
        onError: reject,
      };
      this.send(call, handler, timeouts, signal);
    });
  }

  /** Ends every connection, with what still runs on it. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }
}
