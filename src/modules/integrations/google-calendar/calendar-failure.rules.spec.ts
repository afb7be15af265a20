import { GoogleFailure } from '../google/google-failure.js';
import { findFailure, repeatDelay } from './calendar-failure.rules.js';

const answer = (status: number, reason?: string) => ({
  status,
  retryAfter: undefined,
  body: { error: { errors: [{ reason }] } },
});

describe('the failure that an answer tells', () => {
  it.each([
    [429, undefined, 'rate_limited'],
    [403, 'rateLimitExceeded', 'rate_limited'],
    [403, 'userRateLimitExceeded', 'rate_limited'],
    [403, 'quotaExceeded', 'rate_limited'],
    [500, undefined, 'provider_failed'],
    [503, undefined, 'provider_failed'],
  ])('%s %s is %s', (status, reason, expected) => {
    expect(findFailure(answer(status, reason))?.reason).toBe(expected);
  });

  it.each([
    [200, undefined],
    [401, 'authError'],
    [403, 'forbidden'],
    [403, 'insufficientPermissions'],
    [409, 'duplicate'],
  ])('%s %s is none', (status, reason) => {
    expect(findFailure(answer(status, reason))).toBeNull();
  });
});

describe('the pause before a repetition', () => {
  const limited = new GoogleFailure('rate_limited');

  it('doubles, is half random, and ends after three repetitions', () => {
    expect([1, 2, 3, 4].map((attempt) => repeatDelay(limited, attempt, 1))).toEqual([250, 500, 1_000, null]);
    expect([1, 2, 3].map((attempt) => repeatDelay(limited, attempt, 0))).toEqual([125, 250, 500]);
  });

  it('is as long as Google asks for, up to three seconds', () => {
    expect(repeatDelay(new GoogleFailure('rate_limited', 2), 1, 0.5)).toBe(2_000);
    expect(repeatDelay(new GoogleFailure('rate_limited', 4), 1, 0.5)).toBeNull();
  });

  it('does not exist after a timeout or a refusal', () => {
    expect(repeatDelay(new GoogleFailure('timed_out'), 1, 0)).toBeNull();
    expect(repeatDelay(new GoogleFailure('request_refused'), 1, 0)).toBeNull();
  });
});
