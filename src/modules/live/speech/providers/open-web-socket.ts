import { type ClientOptions, WebSocket } from 'ws';
import { ModelFailure } from '@/modules/ai/index.js';
import { type ProxySettings, proxyFor } from '@/platform/outgoing/index.js';

interface ConnectOptions {
  options: ClientOptions;
  proxies: ProxySettings;
  /** For the proxy and the server together. */
  timeoutMs: number;
  signal: AbortSignal;
}

/**
 * Opens a web socket, through the proxy of its address. Throws a {@link ModelFailure}, or the reason of the aborted signal. The limit
 * of time is not `handshakeTimeout` of ws, which begins after the proxy has answered.
 */
export async function openWebSocket(
  address: URL,
  { options, proxies, timeoutMs, signal }: ConnectOptions,
): Promise<WebSocket> {
  const proxy = proxyFor(address, proxies);
  const tunnel = proxy === undefined ? undefined : await createTunnel(proxy);
  signal.throwIfAborted();
  const socket = new WebSocket(address, { ...options, agent: tunnel?.agent });
  return new Promise((resolve, reject) => {
    const fail = (reason: Error): void => {
      end();
      reject(reason);
      tunnel?.abandon();
      socket.terminate();
    };
    const timer = setTimeout(() => fail(new ModelFailure('unreachable')), timeoutMs);
    const onAbort = (): void => fail(signal.reason as Error);
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    signal.addEventListener('abort', onAbort);
    socket.on('error', () => fail(new ModelFailure('unreachable')));
    socket.once('unexpected-response', (_request, { statusCode = 500 }) =>
      fail(tunnel?.isRefused ? new ModelFailure('unreachable') : failureOfStatus(statusCode)),
    );
    socket.once('open', () => {
      end();
      resolve(socket);
    });
  });
}

interface Tunnel {
  agent: NonNullable<ClientOptions['agent']>;
  /** True when the proxy, and not the server behind it, has refused the connection. */
  isRefused: boolean;
  /** Ends the connection to a proxy that has not answered. */
  abandon: () => void;
}

async function createTunnel(proxy: string): Promise<Tunnel> {
  const { HttpsProxyAgent } = await import('https-proxy-agent');
  const waiting = new AbortController();
  const agent = new HttpsProxyAgent(proxy, { signal: waiting.signal });
  const tunnel: Tunnel = { agent, isRefused: false, abandon: () => waiting.abort() };
  agent.once('proxyConnect', ({ statusCode }: { statusCode: number }) => {
    tunnel.isRefused = statusCode !== 200;
    tunnel.abandon = () => undefined;
  });
  return tunnel;
}

function failureOfStatus(status: number): ModelFailure {
  if (status === 401 || status === 403) return new ModelFailure('key_rejected', undefined, String(status));
  if (status === 429) return new ModelFailure('rate_limited', undefined, String(status));
  const isRefused = status >= 400 && status < 500;
  return new ModelFailure(isRefused ? 'request_rejected' : 'server_error', undefined, String(status));
}
