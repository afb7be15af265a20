import type { IncomingHttpHeaders } from 'node:http';

/** Nobody is made to wait longer than this by one header, in seconds. */
const LONGEST = 3600;

/**
 * Seconds a provider asks to wait: `Retry-After` as seconds or as a date, or `retry-after-ms`. Undefined where it
 * says nothing we understand.
 */
export function retryAfterOf(headers: IncomingHttpHeaders, nowMs: number): number | undefined {
  const seconds = secondsOf(first(headers['retry-after-ms']), first(headers['retry-after']), nowMs);
  return seconds === undefined ? undefined : Math.min(LONGEST, Math.max(0, Math.ceil(seconds)));
}

function secondsOf(milliseconds: string, given: string, nowMs: number): number | undefined {
  if (/^\d+(\.\d+)?$/.test(milliseconds)) return Number(milliseconds) / 1000;
  if (/^\d+(\.\d+)?$/.test(given)) return Number(given);
  // Only the form of HTTP dates: `Date.parse` alone would make a year of "-5".
  const date = /^[A-Z][a-z]{2,8}, .*GMT$/.test(given) ? Date.parse(given) : NaN;
  return Number.isNaN(date) ? undefined : (date - nowMs) / 1000;
}

function first(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value)?.trim() ?? '';
}
