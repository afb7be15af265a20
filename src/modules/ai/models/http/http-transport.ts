import type { IncomingHttpHeaders } from 'node:http';
import { Agent } from 'undici';
import type { Clock } from '@/platform/kernel/clock.js';
import { failureOf, type ModelFailure, networkFailure } from '../model-failure.js';
import { parseJson } from '../protocols/json-fields.js';
import { WholeFraming } from './body-decoders.js';
import { type CallLimits, Exchange, type Receiver } from './http-exchange.js';
import { retryAfterOf } from './retry-after.js';

/** One HTTP request, ready to send. */
export interface HttpCall {
  method: 'GET' | 'POST';
  origin: string;
  /** With its query. */
  path: string;
  headers: Record<string, string>;
  body?: string;
  /** What a refusal means where its status does not tell; null: what the status says. Gets the beginning of the body. */
  refusal?: (status: number, body: string) => ModelFailure | null;
}

/** Requests at once to one provider; a stream keeps its connection until it ends. Nobody is admitted who would have to wait. */
const CONNECTIONS = 4_096;
const CONNECT_MS = 10_000;

/**
 * The only way to a provider: kept connections, TLS verified, redirects never followed (a key must not travel to
 * another host), errors without a word of the provider's.
 */
export class HttpTransport {
  private readonly agent: Agent;

  constructor(
    private readonly clock: Clock,
    connections = CONNECTIONS,
  ) {
    // The time limits are those of the exchange; undici's own would only add a second timer.
    const untimed = { headersTimeout: 0, bodyTimeout: 0 };
    this.agent = new Agent({ ...untimed, connections, pipelining: 1, connect: { timeout: CONNECT_MS } });
  }

  /** Sends, and hands what comes to `receiver`. */
  send(call: HttpCall, receiver: Receiver, limits: CallLimits, signal?: AbortSignal): Exchange {
    const refusal = (status: number, headers: IncomingHttpHeaders, body: string): ModelFailure =>
      call.refusal?.(status, body) ?? failureOf(status, retryAfterOf(headers, this.clock.millis()));
    const exchange = new Exchange(receiver, limits, refusal, signal);
    if (signal?.aborted) {
      exchange.fail(signal.reason);
      return exchange;
    }
    const { method, origin, path, headers, body } = call;
    try {
      this.agent.dispatch({ method, origin, path, headers, body: body ?? null }, exchange);
    } catch (error) {
      exchange.fail(networkFailure(error, false));
    }
    return exchange;
  }

  /** The whole body of the answer, as JSON. Throws a {@link ModelFailure}, or the signal's reason. */
  json(call: HttpCall, limits: CallLimits, signal?: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const body = new WholeFraming((text) => resolve(parseJson(text)));
      const receiver: Receiver = {
        start: () => undefined,
        data: (chunk) => {
          body.feed(chunk);
          return 'quiet';
        },
        end: () => body.end(),
        fail: reject,
      };
      this.send(call, receiver, limits, signal);
    });
  }

  /** Ends every connection, with what still runs on it. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }
}
