import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Dispatcher } from 'undici';
import { Config } from '@/platform/config/index.js';
import { type ProxySettings, toProxyOptions } from '@/platform/outgoing/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { GoogleFailure } from './google-failure.js';

export interface GoogleRequest {
  method: 'GET' | 'POST' | 'DELETE';
  url: string;
  /** Access token. */
  token?: string;
  form?: Readonly<Record<string, string>>;
  json?: unknown;
}

export interface GoogleAnswer {
  status: number;
  /** Seconds. */
  retryAfter: number | undefined;
  /** The parsed JSON; undefined without a body. */
  body: unknown;
}

/** For the whole exchange. */
const TIMEOUT_MS = 10_000;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;
const CONNECTIONS = 64;

/**
 * Sends requests to Google. TLS is verified, redirects are never followed (a token must not reach another host), answers are
 * limited in time and size, and failures contain no text of Google.
 */
@Injectable()
export class GoogleHttp implements OnApplicationShutdown {
  private agent: Promise<Dispatcher> | undefined;

  constructor(
    private readonly config: Config,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await (await this.agent)?.destroy();
  }

  /** Throws a {@link GoogleFailure} when there is no answer. Every status is an answer. */
  async send({ method, url, token, form, json }: GoogleRequest): Promise<GoogleAnswer> {
    this.unitOfWork.assertNoTransaction();
    this.agent ??= createAgent(this.config.ai.proxies);
    const { request } = await import('undici');
    const options = {
      method,
      dispatcher: await this.agent,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        accept: 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: form ? new URLSearchParams(form).toString() : json === undefined ? null : JSON.stringify(json),
    };
    try {
      const { statusCode, headers, body } = await request(url, options);
      const text = await readText(body);
      return {
        status: statusCode,
        retryAfter: parseRetryAfter(headers['retry-after']),
        body: parseBody(text, statusCode),
      };
    } catch (error) {
      throw toFailure(error);
    }
  }
}

async function createAgent(proxies: ProxySettings): Promise<Dispatcher> {
  const { Agent, EnvHttpProxyAgent } = await import('undici');
  const options = { connections: CONNECTIONS };
  const proxyOptions = toProxyOptions(proxies);
  return proxyOptions ? new EnvHttpProxyAgent({ ...options, ...proxyOptions }) : new Agent(options);
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new GoogleFailure('malformed_answer', undefined, 'too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The body of an error may be anything: a proxy in between answers with a page. */
function parseBody(text: string, status: number): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    if (status >= 400) return undefined;
    throw new GoogleFailure('malformed_answer', undefined, `${status} without JSON`);
  }
}

function parseRetryAfter(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,6}$/.test(header) ? Number(header) : undefined;
}

function toFailure(error: unknown): GoogleFailure {
  if (error instanceof GoogleFailure) return error;
  const { name, code } = (error ?? {}) as { name?: string; code?: string };
  const isTimeout = name === 'TimeoutError' || /TIMEOUT/.test(code ?? '');
  return new GoogleFailure(isTimeout ? 'timed_out' : 'unreachable', undefined, code ?? name);
}
