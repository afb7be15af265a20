import type { IncomingHttpHeaders } from 'node:http';

/** Nobody is made to wait longer than this by one header, in seconds. */
const MAX_RETRY_AFTER = 3600;

/**
 * Seconds a provider asks to wait: `Retry-After` as seconds or as a date, or `retry-after-ms`. Undefined where it
 * says nothing we understand.
 */
export function parseRetryAfter(headers: IncomingHttpHeaders, nowMs: number): number | undefined {
  const seconds = toSeconds(firstValue(headers['retry-after-ms']), firstValue(headers['retry-after']), nowMs);
  return seconds === undefined ? undefined : Math.min(MAX_RETRY_AFTER, Math.max(0, Math.ceil(seconds)));
}

function toSeconds(milliseconds: string, retryAfter: string, nowMs: number): number | undefined {
  if (/^\d+(\.\d+)?$/.test(milliseconds)) return Number(milliseconds) / 1000;
  if (/^\d+(\.\d+)?$/.test(retryAfter)) return Number(retryAfter);
  // Only the form of HTTP dates: `Date.parse` alone would make a year of "-5".
  const date = /^[A-Z][a-z]{2,8}, .*GMT$/.test(retryAfter) ? Date.parse(retryAfter) : NaN;
  return Number.isNaN(date) ? undefined : (date - nowMs) / 1000;
}

function firstValue(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value)?.trim() ?? '';
}
