import { TestClock } from '@test/support/app/test-clock.js';
import { ModelFailure } from '../models/model-failure.js';
import { CircuitBreakers } from './circuit-breakers.js';

const TIMED_OUT = new ModelFailure('no_answer_in_time');
const UNPAID = new ModelFailure('unpaid');
const BROKEN = new ModelFailure('server_error');

describe('CircuitBreakers', () => {
  let clock: TestClock;
  let circuitBreakers: CircuitBreakers;

  function fail(caller: string, failure: ModelFailure, times = 3): void {
    for (let time = 0; time < times; time += 1) circuitBreakers.recordFailure('p', caller, failure);
  }

  const allows = (...callers: string[]): boolean[] =>
    callers.map((caller) => circuitBreakers.allowsRequest('p', caller));

  beforeEach(() => {
    clock = new TestClock();
    clock.freeze();
    circuitBreakers = new CircuitBreakers(clock);
  });

  it('allow requests to a provider without failures', () => {
    expect(allows('ada')).toEqual([true]);
    expect(circuitBreakers.retryAfterSeconds('p', 'ada')).toBe(0);
    expect(circuitBreakers.lastFailure('p', 'ada')).toBeUndefined();
  });

  it('allow requests after two failures, and none after three', () => {
    fail('ada', BROKEN, 2);
    expect(allows('ada', 'grace')).toEqual([true, true]);
    fail('grace', BROKEN, 1);
    expect(allows('ada', 'grace')).toEqual([false, false]);
  });

  it('allow one probe after 30 seconds, and every request after its success', () => {
    fail('ada', BROKEN);
    clock.advance(29.999);
    expect(allows('grace')).toEqual([false]);
    clock.advance(0.001);
    expect(allows('grace', 'ada', 'grace')).toEqual([true, false, false]);
    circuitBreakers.recordSuccess('p', 'grace');
    expect(allows('ada', 'grace')).toEqual([true, true]);
  });

  it('close again when the probe fails', () => {
    fail('ada', BROKEN);
    clock.advance(30);
    expect(allows('ada')).toEqual([true]);
    fail('ada', BROKEN, 1);
    clock.advance(29);
    expect(allows('ada')).toEqual([false]);
  });

  it('allow another probe when the first one was cancelled', () => {
    fail('ada', BROKEN);
    clock.advance(30);
    expect(allows('ada', 'grace')).toEqual([true, false]);
    circuitBreakers.releaseProbe('p', 'ada');
    expect(allows('grace', 'ada')).toEqual([true, false]);
  });

  it('are not opened early by a cancelled request below the threshold', () => {
    circuitBreakers.recordFailure('p', 'ada', new ModelFailure('rate_limited', 60));
    circuitBreakers.releaseProbe('p', 'ada');
    expect(allows('ada')).toEqual([false]);
  });

  it('count a timeout only for the caller that waited', () => {
    fail('ada', TIMED_OUT, 30);
    expect(allows('ada', 'grace')).toEqual([false, true]);
    expect(circuitBreakers.lastFailure('p', 'ada')).toBe(TIMED_OUT);
    expect(circuitBreakers.lastFailure('p', 'grace')).toBeUndefined();
    expect(circuitBreakers.retryAfterSeconds('p', 'ada')).toBe(30);
    expect(circuitBreakers.retryAfterSeconds('p', 'grace')).toBe(0);
  });

  it('count timeouts for every caller after three callers have been affected', () => {
    for (const caller of ['ada', 'grace']) fail(caller, TIMED_OUT, 1);
    expect(allows('barbara')).toEqual([true]);
    fail('edsger', TIMED_OUT, 1);
    expect(allows('barbara')).toEqual([false]);
  });

  it('forget the affected callers after a successful answer', () => {
    for (const caller of ['ada', 'grace']) fail(caller, TIMED_OUT, 1);
    circuitBreakers.recordSuccess('p', 'barbara');
    fail('edsger', TIMED_OUT, 1);
    expect(allows('barbara')).toEqual([true]);
  });

  it('wait as long as the provider asks from the first failure on, up to ten minutes', () => {
    circuitBreakers.recordFailure('p', 'ada', new ModelFailure('rate_limited', 60));
    expect(circuitBreakers.retryAfterSeconds('p', 'grace')).toBe(60);
    circuitBreakers.recordFailure('p', 'ada', new ModelFailure('rate_limited', 3600));
    expect(circuitBreakers.retryAfterSeconds('p', 'grace')).toBe(600);
    clock.advance(600);
    expect(allows('grace')).toEqual([true]);
  });

  it('wait at least 30 seconds after three failures, whatever the provider asks', () => {
    fail('ada', new ModelFailure('busy', 1));
    expect(circuitBreakers.retryAfterSeconds('p', 'ada')).toBe(30);
  });

  it('round the remaining time up to seconds', () => {
    fail('ada', BROKEN);
    clock.advance(29.5);
    expect(circuitBreakers.retryAfterSeconds('p', 'ada')).toBe(1);
  });

  it('ignore requests that the provider rejected as invalid', () => {
    fail('ada', new ModelFailure('request_rejected'), 10);
    expect(allows('ada')).toEqual([true]);
    expect(circuitBreakers.lastFailure('p', 'ada')).toBeUndefined();
  });

  it('leave out a provider without credit for ten minutes, for all callers after two have met it', () => {
    fail('ada', UNPAID, 1);
    expect(allows('ada', 'grace')).toEqual([false, true]);
    fail('ada', UNPAID, 5);
    expect(allows('grace')).toEqual([true]);
    fail('grace', UNPAID, 1);
    expect(allows('barbara')).toEqual([false]);
    expect(circuitBreakers.retryAfterSeconds('p', 'barbara')).toBe(600);
    clock.advance(600);
    expect(allows('barbara', 'edsger')).toEqual([true, false]);
  });

  it('forget the first caller without credit after ten minutes', () => {
    fail('ada', UNPAID, 1);
    clock.advance(600);
    fail('grace', UNPAID, 1);
    expect(allows('barbara')).toEqual([true]);
  });

  it('count an empty answer like a timeout, and a prompt that is too long never', () => {
    fail('ada', new ModelFailure('empty_answer'), 10);
    fail('grace', new ModelFailure('prompt_too_long'), 10);
    expect(allows('ada', 'grace')).toEqual([false, true]);
  });

  it('keep providers apart, and callers whose names look like one', () => {
    fail('ada', BROKEN);
    expect(circuitBreakers.allowsRequest('q', 'ada')).toBe(true);
    fail('x y', TIMED_OUT);
    expect(circuitBreakers.allowsRequest('q', 'x y')).toBe(true);
  });
});
