import type { RouteStep } from '../routing/routing.rules.js';

/** The header with the receipt of an answer: which providers were asked, and what became of each. */
export const ROUTE_HEADER = 'X-Route';
/** In bytes, which are characters: the header is ASCII. */
const MAX_LENGTH = 2048;

/** Returns the steps as JSON. What does not fit is left out: first the reasons, then the earliest steps. */
export function toRouteHeader(steps: readonly RouteStep[]): string {
  const whole = toAsciiJson(steps);
  if (whole.length <= MAX_LENGTH) return whole;
  let shown = steps.map((step) => ({ ...step, reason: null }));
  let json = toAsciiJson(shown);
  while (json.length > MAX_LENGTH) {
    shown = shown.slice(1);
    json = toAsciiJson(shown);
  }
  return json;
}

/** Returns the steps of an answer that has begun: nothing says yet that its provider will complete it. */
export function toBegunSteps(steps: readonly RouteStep[]): RouteStep[] {
  return steps.map((step, index) =>
    index === steps.length - 1 && step.outcome === 'failed'
      ? { ...step, outcome: 'answered', reason: null }
      : step,
  );
}

function toAsciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
