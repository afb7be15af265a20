import type { IncomingMessage } from 'node:http';

export interface FakeRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  form: URLSearchParams;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- untyped JSON of a client
  json: any;
  /** The bearer token. */
  token: string | undefined;
}

export interface FakeAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

export async function readRequest(incoming: IncomingMessage): Promise<FakeRequest> {
  let text = '';
  for await (const chunk of incoming) text += String(chunk);
  const url = new URL(incoming.url ?? '/', 'http://localhost');
  const isJson = /json/.test(incoming.headers['content-type'] ?? '');
  return {
    method: incoming.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    form: new URLSearchParams(isJson ? '' : text),
    json: isJson && text !== '' ? (JSON.parse(text) as unknown) : undefined,
    token: /^Bearer (.+)$/i.exec(incoming.headers.authorization ?? '')?.[1],
  };
}

/** Returns an error in the form of Google's APIs. */
export function apiError(status: number, reason: string, message = reason): FakeAnswer {
  const error = { code: status, message, errors: [{ domain: 'global', reason, message }] };
  return { status, body: { error } };
}
