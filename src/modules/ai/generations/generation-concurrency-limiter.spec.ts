import fc from 'fast-check';
import { AppError } from '@/platform/errors/index.js';
import { GenerationConcurrencyLimiter, type GenerationPermit } from './generation-concurrency-limiter.js';

const MIB = 1024 * 1024;

function thrownCode(action: () => unknown): string | undefined {
  try {
    action();
  } catch (error) {
    return (error as AppError).code;
  }
  return undefined;
}

describe('GenerationConcurrencyLimiter', () => {
  let limiter: GenerationConcurrencyLimiter;

  beforeEach(() => {
    limiter = new GenerationConcurrencyLimiter();
  });

  const acquireMany = (count: number, userOf: (index: number) => string): GenerationPermit[] =>
    Array.from({ length: count }, (_, index) => limiter.acquire(userOf(index)));
  const acquireBytes = (userId: string, bytes: number): GenerationPermit => {
    const permit = limiter.acquire(userId);
    permit.reserveMemory(bytes);
    return permit;
  };

  it('allows one user 250 generations at a time, without an effect on other users', () => {
    acquireMany(250, () => 'ada');
    expect(thrownCode(() => limiter.acquire('ada'))).toBe('too_many_attempts');
    expect(thrownCode(() => limiter.acquire('grace'))).toBeUndefined();
  });

  it('releases a generation once, however often release is called', () => {
    const [permit] = acquireMany(250, () => 'ada');
    permit?.release();
    permit?.release();
    expect(thrownCode(() => limiter.acquire('ada'))).toBeUndefined();
    expect(thrownCode(() => limiter.acquire('ada'))).toBe('too_many_attempts');
  });

  it('allows a process as many generations as a provider has connections', () => {
    const permits = acquireMany(4096, (index) => `user-${index % 40}`);
    expect(thrownCode(() => limiter.acquire('grace'))).toBe('overloaded');
    for (const permit of permits) permit.release();
    expect(thrownCode(() => limiter.acquire('grace'))).toBeUndefined();
  });

  it('counts nothing for a rejected generation', () => {
    const permits = acquireMany(250, () => 'ada');
    for (let attempt = 0; attempt < 10_000; attempt += 1) thrownCode(() => limiter.acquire('ada'));
    for (const permit of permits) permit.release();
    expect(thrownCode(() => acquireMany(250, () => 'ada'))).toBeUndefined();
    expect(thrownCode(() => limiter.acquire('grace'))).toBeUndefined();
  });

  it('tells when to retry', () => {
    acquireMany(250, () => 'ada');
    expect(() => limiter.acquire('ada')).toThrow(expect.objectContaining({ retryAfter: 5, status: 429 }));
  });

  it('allows one user prompts of 32 MiB, without an effect on other users', () => {
    const permits = Array.from({ length: 16 }, () => acquireBytes('ada', 2 * MIB));
    expect(thrownCode(() => acquireBytes('ada', 1))).toBe('too_many_attempts');
    expect(thrownCode(() => acquireBytes('grace', 32 * MIB))).toBeUndefined();
    permits[0]?.release();
    expect(thrownCode(() => acquireBytes('ada', 2 * MIB))).toBeUndefined();
  });

  it('counts a prompt in place of an earlier one of the same generation', () => {
    const permit = acquireBytes('ada', 30 * MIB);
    permit.reserveMemory(32 * MIB);
    expect(thrownCode(() => permit.reserveMemory(32 * MIB + 1))).toBe('too_many_attempts');
    permit.reserveMemory(MIB);
    expect(thrownCode(() => acquireBytes('ada', 31 * MIB))).toBeUndefined();
    permit.release();
    permit.reserveMemory(32 * MIB);
    expect(thrownCode(() => acquireBytes('ada', MIB))).toBeUndefined();
  });

  it('never uses up the memory of a process: a user with less always gets a part of what is left', () => {
    for (const user of ['a', 'b', 'c']) acquireBytes(user, 32 * MIB);
    expect(thrownCode(() => acquireBytes('d', 17 * MIB))).toBe('overloaded');
    acquireBytes('d', 16 * MIB);
    expect(thrownCode(() => acquireBytes('d', 1))).toBe('overloaded');
    for (let user = 0; user < 1_000; user += 1)
      expect(thrownCode(() => acquireBytes(`user-${user}`, 8_000))).toBeUndefined();
  });

  it('counts nothing after any sequence of starts, prompts and ends', () => {
    const step = fc.record({
      user: fc.constantFrom('ada', 'grace', 'ines', 'liam', 'mary'),
      action: fc.constantFrom('start', 'start', 'reserve', 'end'),
      index: fc.nat(30),
      bytes: fc.integer({ min: 0, max: 40 * MIB }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        limiter = new GenerationConcurrencyLimiter();
        const permits: GenerationPermit[] = [];
        for (const { user, action, index, bytes } of steps) {
          if (action === 'start') permits.push(limiter.acquire(user));
          const permit = action === 'start' ? permits.at(-1) : permits[index % Math.max(permits.length, 1)];
          if (action === 'end') permit?.release();
          else thrownCode(() => permit?.reserveMemory(bytes));
        }
        for (const permit of permits) permit.release();
        expect(limiter.usage).toEqual({ users: 0, active: 0, bytes: 0 });
      }),
    );
  });
});
