import fc from 'fast-check';
import { type FailureReason, ModelFailure } from '../models/model-failure.js';
import { retryDelayMs } from './routing.rules.js';

const RETRIED: FailureReason[] = [
  'rate_limited',
  'busy',
  'unreachable',
  'server_error',
  'malformed_answer',
  'incomplete_answer',
  'empty_answer',
];
const NOT_RETRIED: FailureReason[] = [
  'key_rejected',
  'model_unknown',
  'unpaid',
  'prompt_too_long',
  'request_rejected',
  'no_answer_in_time',
  'fell_silent',
];

describe('retryDelayMs', () => {
  it.each(RETRIED)('retries once after %s', (reason) => {
    const failure = new ModelFailure(reason);
    for (const isOnlyCandidate of [true, false])
      expect([1, 2, 3].map((attempts) => retryDelayMs(failure, attempts, isOnlyCandidate))).toEqual([
        150,
        null,
        null,
      ]);
  });

  it.each(NOT_RETRIED)('never retries after %s', (reason) => {
    expect(retryDelayMs(new ModelFailure(reason, 1), 1, true)).toBeNull();
  });

  it.each([
    [0, true, 0],
    [1, true, 1000],
    [2, true, 2000],
    [2.001, true, null],
    [3600, true, null],
    [0, false, null],
    [1, false, null],
  ])('with a requested wait of %d seconds (only candidate: %s) waits %s ms', (retryAfter, isOnly, delay) => {
    expect(retryDelayMs(new ModelFailure('busy', retryAfter), 1, isOnly)).toBe(delay);
  });

  it('never waits longer than two seconds', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...RETRIED, ...NOT_RETRIED),
        fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: undefined }),
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        (reason, retryAfter, attempts, isOnlyCandidate) => {
          const delay = retryDelayMs(new ModelFailure(reason, retryAfter), attempts, isOnlyCandidate);
          if (delay !== null) expect(delay).toBeLessThanOrEqual(2000);
        },
      ),
    );
  });
});
