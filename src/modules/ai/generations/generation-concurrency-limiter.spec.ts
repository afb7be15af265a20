import { AppError } from '@/platform/errors/index.js';
import { GenerationConcurrencyLimiter } from './generation-concurrency-limiter.js';

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

  const acquireMany = (count: number, userOf: (index: number) => string): (() => void)[] =>
    Array.from({ length: count }, (_, index) => limiter.acquire(userOf(index)));

  it('allows one user 250 generations at a time, without an effect on other users', () => {
    acquireMany(250, () => 'ada');
    expect(thrownCode(() => limiter.acquire('ada'))).toBe('too_many_attempts');
    expect(thrownCode(() => limiter.acquire('grace'))).toBeUndefined();
  });

  it('releases a generation once, however often release is called', () => {
    const [release] = acquireMany(250, () => 'ada');
    release?.();
    release?.();
    expect(thrownCode(() => limiter.acquire('ada'))).toBeUndefined();
    expect(thrownCode(() => limiter.acquire('ada'))).toBe('too_many_attempts');
  });

  it('allows a process as many generations as a provider has connections', () => {
    const releases = acquireMany(4096, (index) => `user-${index % 40}`);
    expect(thrownCode(() => limiter.acquire('grace'))).toBe('overloaded');
    for (const release of releases) release();
    expect(thrownCode(() => limiter.acquire('grace'))).toBeUndefined();
  });

  it('counts nothing for a rejected generation', () => {
    const releases = acquireMany(250, () => 'ada');
    for (let attempt = 0; attempt < 10_000; attempt += 1) thrownCode(() => limiter.acquire('ada'));
    for (const release of releases) release();
    expect(thrownCode(() => acquireMany(250, () => 'ada'))).toBeUndefined();
    expect(thrownCode(() => limiter.acquire('grace'))).toBeUndefined();
  });

  it('tells when to retry', () => {
    acquireMany(250, () => 'ada');
    expect(() => limiter.acquire('ada')).toThrow(expect.objectContaining({ retryAfter: 5, status: 429 }));
  });
});
