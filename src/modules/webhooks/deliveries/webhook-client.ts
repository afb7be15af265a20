import type { LookupFunction } from 'node:net';
import { isIPv6 } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Agent } from 'undici';
import { Clock } from '@/platform/kernel/clock.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { EndpointGuard, EndpointRefused } from '../endpoints/endpoint-guard.js';
import { type AttemptResult, judgeStatus, roundDuration } from './delivery.rules.js';

export interface WebhookRequest {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** Name resolution, connection and response headers have this time together. */
const TIMEOUT_MS = 15_000;
const MAX_RESPONSE_HEADER_BYTES = 16 * 1024;

/**
 * Sends webhooks. The addresses of the host are judged for every request, and the connection is made to exactly these
 * addresses: a name that resolves differently a moment later has no effect. TLS and the `Host` header keep the name.
 * Redirects are not followed, response bodies are not read, and proxies of the environment are not used.
 */
@Injectable()
export class WebhookClient {
  constructor(
    private readonly guard: EndpointGuard,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Sends a request. Throws only when `shutdown` is aborted. */
  async send(request: WebhookRequest, shutdown: AbortSignal, timeoutMs = TIMEOUT_MS): Promise<AttemptResult> {
    this.unitOfWork.assertNoTransaction();
    const timeout = AbortSignal.timeout(timeoutMs);
    const startedAt = this.clock.millis();
    const outcome = await this.attempt(request, AbortSignal.any([shutdown, timeout])).catch(
      (error: unknown) => {
        shutdown.throwIfAborted();
        if (error instanceof EndpointRefused) return failure('address_refused');
        return failure(timeout.aborted ? 'timed_out' : 'connection_failed');
      },
    );
    return { ...outcome, durationMs: roundDuration(this.clock.millis() - startedAt) };
  }

  private async attempt(
    { url: text, headers, body }: WebhookRequest,
    signal: AbortSignal,
  ): Promise<Omit<AttemptResult, 'durationMs'>> {
    const url = new URL(text);
    const addresses = await this.guard.resolve(url, signal);
    if (addresses.length === 0) return failure('connection_failed');
    const agent = new Agent({
      connect: { lookup: pinnedLookup(addresses), timeout: 0 },
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: MAX_RESPONSE_HEADER_BYTES,
    });
    try {
      const { origin, pathname, search } = url;
      const path = pathname + search;
      const response = await agent.request({ origin, path, method: 'POST', headers, body, signal });
      response.body.on('error', () => undefined).destroy();
      return judgeStatus(response.statusCode);
    } finally {
      await agent.destroy();
    }
  }
}

function failure(
  reason: 'address_refused' | 'timed_out' | 'connection_failed',
): Omit<AttemptResult, 'durationMs'> {
  return { statusClass: null, reason };
}

/** Returns a lookup that knows only the judged addresses. */
function pinnedLookup(addresses: readonly string[]): LookupFunction {
  const entries = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
  return (_host, options, callback) => {
    const [first] = entries;
    if (options.all) callback(null, entries);
    else callback(null, first?.address ?? '', first?.family);
  };
}
