import type { HttpCall } from './http-transport.js';

/** The address of a provider, and the headers of every request to it. */
export interface Endpoint {
  origin: string;
  /** Without a trailing slash; empty for none. */
  basePath: string;
  headers: Record<string, string>;
}

export function parseEndpoint(baseUrl: string, headers: Record<string, string>): Endpoint {
  const { origin, pathname } = new URL(baseUrl);
  return { origin, basePath: pathname.replace(/\/+$/, ''), headers };
}

export function buildGet({ origin, basePath, headers }: Endpoint, path: string): HttpCall {
  return {
    method: 'GET',
    origin,
    path: basePath + path,
    headers: { accept: 'application/json', ...headers },
  };
}

export function buildPost({ origin, basePath, headers }: Endpoint, path: string, body: unknown): HttpCall {
  return {
    method: 'POST',
    origin,
    path: basePath + path,
    headers: { 'content-type': 'application/json', accept: '*/*', ...headers },
    body: JSON.stringify(body),
  };
}

/** Returns no header without a key. */
export function bearerHeader(key: string | undefined): Record<string, string> {
  return key ? { authorization: `Bearer ${key}` } : {};
}
