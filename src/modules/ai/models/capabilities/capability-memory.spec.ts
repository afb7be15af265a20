import { TestClock } from '@test/support/app/test-clock.js';
import { ALL_CAPABILITIES } from './capabilities.js';
import { CapabilityMemory } from './capability-memory.js';

describe('CapabilityMemory', () => {
  let clock: TestClock;
  let memory: CapabilityMemory;

  beforeEach(() => {
    clock = new TestClock();
    clock.freeze();
    memory = new CapabilityMemory(clock);
  });

  it('expects every capability of an unknown endpoint', () => {
    expect(memory.recall('https://a.test', 'm')).toEqual(ALL_CAPABILITIES);
    expect(memory.hasModelList('https://a.test')).toBe(true);
    expect(memory.list()).toEqual([]);
  });

  it('remembers per endpoint and model, and adds what is learnt later', () => {
    memory.learn('https://a.test', 'm', { streamOptions: false });
    memory.learn('https://a.test', 'm', { maxAnswerTokens: 4096 });
    memory.learn('https://a.test', 'n', {});
    expect(memory.recall('https://a.test', 'm')).toEqual({
      ...ALL_CAPABILITIES,
      streamOptions: false,
      maxAnswerTokens: 4096,
    });
    expect(memory.recall('https://a.test', 'n')).toEqual(ALL_CAPABILITIES);
    expect(memory.recall('https://b.test', 'm')).toEqual(ALL_CAPABILITIES);
    expect(memory.list()).toHaveLength(1);
  });

  it('forgets after a day, and a missing list of models after ten minutes', () => {
    memory.learn('https://a.test', 'm', { systemRole: false });
    memory.learnMissingModelList('https://a.test');
    expect(memory.hasModelList('https://a.test')).toBe(false);
    clock.advance(600);
    expect(memory.hasModelList('https://a.test')).toBe(true);
    expect(memory.recall('https://a.test', 'm').systemRole).toBe(false);
    clock.advance(86_400 - 600);
    expect(memory.recall('https://a.test', 'm')).toEqual(ALL_CAPABILITIES);
    expect(memory.list()).toEqual([]);
  });

  it('has a limited size, because clients choose the names of models', () => {
    for (let index = 0; index < 2_000; index += 1) memory.learn('a', `m${index}`, { streamOptions: false });
    expect(memory.list()).toHaveLength(1_000);
  });
});
