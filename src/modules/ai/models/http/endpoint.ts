import type { HttpCall } from './http-transport.js';

/** A provider's address and what every request to it carries. */
export interface Endpoint {
  origin: string;
  /** Without a slash at its end; '' for none. */
  base: string;
  headers: Record<string, string>;
}

export function endpointOf(baseUrl: string, headers: Record<string, string>): Endpoint {
  const { origin, pathname } = new URL(baseUrl);
  return { origin, base: pathname.replace(/\/+$/, ''), headers };
}

export function get({ origin, base, headers }: Endpoint, path: string): HttpCall {
  return { method: 'GET', origin, path: base + path, headers: { accept: 'application/json', ...headers } };
}

export function post({ origin, base, headers }: Endpoint, path: string, body: unknown): HttpCall {
  return {
    ...{ method: 'POST', origin, path: base + path, body: JSON.stringify(body) },
    headers: { 'content-type': 'application/json', accept: '*/*', ...headers },
  };
}

export function bearer(key: string | undefined): Record<string, string> {
  return key ? { authorization: `Bearer ${key}` } : {};
}
