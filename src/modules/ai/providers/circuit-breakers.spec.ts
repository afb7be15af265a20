import { TestClock } from '@test/support/app/test-clock.js';
import { ModelFailure } from '../models/model-failure.js';
import { Circuits } from './circuit-breakers.js';

const LATE = new ModelFailure('no_answer_in_time');
const BROKEN = new ModelFailure('server_error');

describe('circuits', () => {
  let clock: TestClock;
  let circuits: Circuits;
  const fail = (caller: string, failure: ModelFailure, times = 3): void => {
    for (let time = 0; time < times; time += 1) circuits.failed('p', caller, failure);
  };

  beforeEach(() => {
    clock = new TestClock();
    clock.freeze();
    circuits = new Circuits(clock);
  });

  it('close a broken provider to everybody, for a while, and then let one find out', () => {
    fail('ada', BROKEN);
    expect([circuits.admits('p', 'ada'), circuits.admits('p', 'grace')]).toEqual([false, false]);
    clock.advance(31);
    expect([circuits.admits('p', 'grace'), circuits.admits('p', 'ada')]).toEqual([true, false]);
    circuits.succeeded('p', 'grace');
    expect(circuits.admits('p', 'ada')).toBe(true);
  });

  it('close a slow one only to who has waited for it in vain', () => {
    fail('ada', LATE, 30);
    expect([circuits.admits('p', 'ada'), circuits.admits('p', 'grace')]).toEqual([false, true]);
    expect(circuits.lastFailure('p', 'ada')).toBe(LATE);
    expect(circuits.lastFailure('p', 'grace')).toBeUndefined();
    expect([circuits.closedFor('p', 'ada'), circuits.closedFor('p', 'grace')]).toEqual([30, 0]);
  });

  it('close a slow one to everybody once several have waited in vain', () => {
    for (const caller of ['ada', 'grace', 'edsger']) fail(caller, LATE, 1);
    expect(circuits.admits('p', 'barbara')).toBe(false);
  });

  it('forget who waited in vain with the next answer', () => {
    for (const caller of ['ada', 'grace']) fail(caller, LATE, 1);
    circuits.succeeded('p', 'barbara');
    fail('edsger', LATE, 1);
    expect(circuits.admits('p', 'barbara')).toBe(true);
  });
});
