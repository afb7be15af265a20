import type { HttpCall } from './http-transport.js';
import { USER_AGENT } from './user-agent.js';

/** The address of a provider, and the headers of every request to it. */
export interface Endpoint {
  origin: string;
  /** Without a trailing slash; empty for none. */
  basePath: string;
  /** The query of every request, such as `?api-version=1`; empty for none. */
  query: string;
  headers: Record<string, string>;
  /** Origin and path, without a query, which may have a key. */
  address: string;
}

export function parseEndpoint(baseUrl: string, headers: Record<string, string>): Endpoint {
  const { origin, pathname, search, username, password } = new URL(baseUrl);
  const basePath = pathname.replace(/\/+$/, '');
  const login: Record<string, string> =
    username === '' ? {} : { authorization: basicHeader(username, password) };
  return { origin, basePath, query: search, headers: { ...login, ...headers }, address: origin + basePath };
}

export function buildGet(endpoint: Endpoint, path: string): HttpCall {
  return {
    method: 'GET',
    origin: endpoint.origin,
    path: toPath(endpoint, path),
    headers: { accept: 'application/json', ...commonHeaders(endpoint) },
  };
}

export function buildPost(endpoint: Endpoint, path: string, body: unknown): HttpCall {
  return {
    method: 'POST',
    origin: endpoint.origin,
    path: toPath(endpoint, path),
    headers: { 'content-type': 'application/json', accept: '*/*', ...commonHeaders(endpoint) },
    body: JSON.stringify(body),
  };
}

/** Returns a request with a body that is not JSON, such as a form. */
export function buildUpload(endpoint: Endpoint, path: string, upload: Buffer, contentType: string): HttpCall {
  return {
    method: 'POST',
    origin: endpoint.origin,
    path: toPath(endpoint, path),
    headers: { 'content-type': contentType, accept: '*/*', ...commonHeaders(endpoint) },
    upload,
  };
}

/** Returns no header without a key. */
export function bearerHeader(key: string | undefined): Record<string, string> {
  return key ? { authorization: `Bearer ${key}` } : {};
}

/** Asks for a body without a content coding: decoding costs time, and some gateways hold compressed streams back. */
function commonHeaders({ headers }: Endpoint): Record<string, string> {
  return { 'accept-encoding': 'identity', 'user-agent': USER_AGENT, ...headers };
}

function toPath({ basePath, query }: Endpoint, path: string): string {
  if (query === '') return basePath + path;
  return basePath + path + (path.includes('?') ? `&${query.slice(1)}` : query);
}

function basicHeader(username: string, password: string): string {
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(login).toString('base64')}`;
}
