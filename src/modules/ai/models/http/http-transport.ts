import type { IncomingHttpHeaders } from 'node:http';
import { Agent, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import type { Clock } from '@/platform/kernel/clock.js';
import { type ProxySettings, toProxyOptions } from '@/platform/outgoing/index.js';
import { readErrorStatement } from '../errors/error-statement.js';
import { toProviderError } from '../errors/provider-error.js';
import { parseJson } from '../json-fields.js';
import { type ModelFailure, failureFromNetworkError } from '../model-failure.js';
import { BodyReader } from './body-reader.js';
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
  /** A body that is no text. */
  upload?: Buffer;
}

interface TransportOptions {
  connections?: number;
  proxies?: ProxySettings;
}

/** Connections to one provider. A stream uses its connection until it ends. The concurrency limit is not higher. */
const MAX_CONNECTIONS = 4_096;
const CONNECT_MS = 10_000;

/**
 * Sends requests to providers. Connections are kept alive, TLS is verified, redirects are never followed (a key must
 * not reach another host), and failures contain no text of the provider that could be logged.
 */
export class HttpTransport {
  private readonly agent: Dispatcher;

  constructor(
    private readonly clock: Clock,
    { connections = MAX_CONNECTIONS, proxies = {} }: TransportOptions = {},
  ) {
    // The exchange has its own timeouts; those of undici would only add a second timer.
    const untimed = { headersTimeout: 0, bodyTimeout: 0 };
    const options = { ...untimed, connections, pipelining: 1, connect: { timeout: CONNECT_MS } };
    this.agent = createAgent(options, proxies);
  }

  /** Sends a request. Errors are passed to `handler.onError`, never thrown. */
  send(call: HttpCall, handler: ResponseHandler, timeouts: CallTimeouts, signal?: AbortSignal): HttpExchange {
    const mapError = (status: number, headers: IncomingHttpHeaders, body: string): ModelFailure =>
      toProviderError(
        readErrorStatement(parseErrorBody(body), status),
        parseRetryAfter(headers, this.clock.millis()),
      );
    const exchange = new HttpExchange(handler, timeouts, mapError, signal);
    if (signal?.aborted) {
      exchange.fail(signal.reason);
      return exchange;
    }
    const { method, origin, path, headers, body, upload } = call;
    try {
      this.agent.dispatch({ method, origin, path, headers, body: body ?? upload ?? null }, exchange);
    } catch (error) {
      exchange.fail(failureFromNetworkError(error, false));
    }
    return exchange;
  }

  /** Returns the parsed JSON body. Throws a {@link ModelFailure}, or the reason of the aborted signal. */
  fetchJson(call: HttpCall, timeouts: CallTimeouts, signal?: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const values: unknown[] = [];
      const reader = new BodyReader({ onPayload: (value) => values.push(value), onDone: () => undefined });
      const handler: ResponseHandler = {
        onData: (chunk) => {
          reader.feed(chunk);
          return 'no_progress';
        },
        onEnd: () => {
          reader.end();
          // A body without JSON is malformed.
          resolve(values.length > 0 ? values[0] : parseJson(''));
        },
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

function createAgent(options: Agent.Options, proxies: ProxySettings): Dispatcher {
  const proxyOptions = toProxyOptions(proxies);
  return proxyOptions ? new EnvHttpProxyAgent({ ...options, ...proxyOptions }) : new Agent(options);
}

/** An error body that is not JSON is a message. */
function parseErrorBody(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}
