import { TestClock } from '@test/support/app/test-clock.js';
import { ModelFailure } from '../models/model-failure.js';
import { CircuitBreakers } from './circuit-breakers.js';

const TIMED_OUT = new ModelFailure('no_answer_in_time');
const BROKEN = new ModelFailure('server_error');

describe('circuits', () => {
  let clock: TestClock;
  let circuits: CircuitBreakers;
  const fail = (caller: string, failure: ModelFailure, times = 3): void => {
    for (let time = 0; time < times; time += 1) circuits.recordFailure('p', caller, failure);
  };

  beforeEach(() => {
    clock = new TestClock();
    clock.freeze();
    circuits = new CircuitBreakers(clock);
  });

  it('close a broken provider to everybody, for a while, and then let one find out', () => {
    fail('ada', BROKEN);
    expect([circuits.allowsRequest('p', 'ada'), circuits.allowsRequest('p', 'grace')]).toEqual([
      false,
      false,
    ]);
    clock.advance(31);
    expect([circuits.allowsRequest('p', 'grace'), circuits.allowsRequest('p', 'ada')]).toEqual([true, false]);
    circuits.recordSuccess('p', 'grace');
    expect(circuits.allowsRequest('p', 'ada')).toBe(true);
  });

  it('close a slow one only to who has waited for it in vain', () => {
    fail('ada', TIMED_OUT, 30);
    expect([circuits.allowsRequest('p', 'ada'), circuits.allowsRequest('p', 'grace')]).toEqual([false, true]);
    expect(circuits.lastFailure('p', 'ada')).toBe(TIMED_OUT);
    expect(circuits.lastFailure('p', 'grace')).toBeUndefined();
    expect([circuits.retryAfterSeconds('p', 'ada'), circuits.retryAfterSeconds('p', 'grace')]).toEqual([
      30, 0,
    ]);
  });

  it('close a slow one to everybody once several have waited in vain', () => {
    for (const caller of ['ada', 'grace', 'edsger']) fail(caller, TIMED_OUT, 1);
    expect(circuits.allowsRequest('p', 'barbara')).toBe(false);
  });

  it('forget who waited in vain with the next answer', () => {
    for (const caller of ['ada', 'grace']) fail(caller, TIMED_OUT, 1);
    circuits.recordSuccess('p', 'barbara');
    fail('edsger', TIMED_OUT, 1);
    expect(circuits.allowsRequest('p', 'barbara')).toBe(true);
  });
});
