import { requestContext, type RateLimitState } from '../context/index.js';

/** Shows a window in the `RateLimit-*` headers of the response, unless another window of the request is reached first. */
export function showWindow(window: string, state: RateLimitState): void {
  requestContext.rateLimits.set(window, state);
  writeHeaders();
}

/** Removes a window whose use was released. A response without counted uses has no headers. */
export function hideWindow(window: string): void {
  if (requestContext.rateLimits.delete(window)) writeHeaders();
}

function writeHeaders(): void {
  const first = findFirstReached([...requestContext.rateLimits.values()]);
  if (!first)
    return ['Limit', 'Remaining', 'Reset'].forEach((name) =>
      requestContext.removeHeader(`RateLimit-${name}`),
    );
  requestContext.setHeader('RateLimit-Limit', String(first.limit));
  requestContext.setHeader('RateLimit-Remaining', String(first.remaining));
  requestContext.setHeader('RateLimit-Reset', String(first.reset));
}

/** Returns the window that refuses a client first: the one with the fewest uses left, of equal ones the longest. */
export function findFirstReached(windows: RateLimitState[]): RateLimitState | undefined {
  const [first] = windows.toSorted((a, b) => a.remaining - b.remaining || b.reset - a.reset);
  return first;
}
