import type { IncomingHttpHeaders } from 'node:http';

/** Longer requests to wait are shortened to this, in seconds. */
const MAX_RETRY_AFTER = 3600;

/**
 * Returns how long the provider asks to wait, in whole seconds: from `retry-after-ms`, or from `Retry-After` as seconds
 * or as an HTTP date. Undefined without a valid header.
 */
export function parseRetryAfter(headers: IncomingHttpHeaders, nowMs: number): number | undefined {
  const seconds = toSeconds(firstValue(headers['retry-after-ms']), firstValue(headers['retry-after']), nowMs);
  return seconds === undefined ? undefined : Math.min(MAX_RETRY_AFTER, Math.max(0, Math.ceil(seconds)));
}

function toSeconds(milliseconds: string, retryAfter: string, nowMs: number): number | undefined {
  if (/^\d+(\.\d+)?$/.test(milliseconds)) return Number(milliseconds) / 1000;
  if (/^\d+(\.\d+)?$/.test(retryAfter)) return Number(retryAfter);
  // `Date.parse` alone would read "-5" as a year.
  const date = /^[A-Z][a-z]{2,8}, .*GMT$/.test(retryAfter) ? Date.parse(retryAfter) : NaN;
  return Number.isNaN(date) ? undefined : (date - nowMs) / 1000;
}

function firstValue(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value)?.trim() ?? '';
}
