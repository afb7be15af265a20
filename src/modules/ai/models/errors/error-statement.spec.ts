import fc from 'fast-check';
import { ModelFailure } from '../model-failure.js';
import { readErrorStatement } from './error-statement.js';
import { toProviderError } from './provider-error.js';

const failureFromErrorObject = (error: unknown): ModelFailure =>
  toProviderError(readErrorStatement({ error }));

describe('an error object', () => {
  it.each([
    [{ code: 'rate_limit_exceeded' }, 'rate_limited'],
    [{ code: 'insufficient_quota', type: 'overloaded' }, 'unpaid'],
    [{ code: 402 }, 'unpaid'],
    [{ code: 'context_length_exceeded' }, 'prompt_too_long'],
    [{ code: 400, details: [{ reason: 'API_KEY_INVALID' }] }, 'key_rejected'],
    [{ type: 'overloaded_error' }, 'busy'],
    [{ type: 'OVERLOADED_ERROR' }, 'busy'],
    [{ status: 'RESOURCE_EXHAUSTED' }, 'rate_limited'],
    [{ status: 'UNAVAILABLE' }, 'busy'],
    [{ code: null, type: 'server_overloaded' }, 'busy'],
    [{ code: 'unknown', type: 'rate_limit_error' }, 'rate_limited'],
    [{ code: 429 }, 'rate_limited'],
    [{ code: '429' }, 'rate_limited'],
    [{ code: 401 }, 'key_rejected'],
    [{ code: 404, status: 'NOT_FOUND' }, 'model_unknown'],
    [{ code: 400 }, 'request_rejected'],
    [{ code: 599 }, 'server_error'],
  ])('maps %j to %s', (error, reason) => {
    expect(failureFromErrorObject(error).reason).toBe(reason);
  });

  it.each([
    [undefined],
    [null],
    ['rate_limit_exceeded'],
    [{}],
    [{ message: 'rate_limit_exceeded' }],
    [{ code: 200 }],
    [{ code: 399 }],
    [{ code: 600 }],
    [{ code: '4290' }],
    [{ code: ' 429' }],
    [{ code: ['rate_limit_exceeded'] }],
    [{ code: 'constructor' }],
    [{ code: '__proto__' }],
    [{ code: NaN }],
  ])('maps %j to server_error', (error) => {
    expect(failureFromErrorObject(error)).toMatchObject({ reason: 'server_error' });
  });

  it('returns a failure without the text of the error, for any value', () => {
    fc.assert(
      fc.property(fc.anything(), (error) => {
        const failure = failureFromErrorObject(error);
        expect(failure).toBeInstanceOf(ModelFailure);
        expect(failure.message).toBe(failure.reason);
      }),
    );
  });
});
