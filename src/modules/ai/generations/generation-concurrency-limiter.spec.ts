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

describe('admission', () => {
  it('gives one account only so many places, and takes each back once', () => {
    const admission = new GenerationConcurrencyLimiter();
    const leaves = Array.from({ length: 250 }, () => admission.acquire('ada'));
    expect(thrownCode(() => admission.acquire('ada'))).toBe('too_many_attempts');
    expect(thrownCode(() => admission.acquire('grace'))).toBeUndefined();
    leaves[0]?.();
    leaves[0]?.();
    expect(thrownCode(() => admission.acquire('ada'))).toBeUndefined();
    expect(thrownCode(() => admission.acquire('ada'))).toBe('too_many_attempts');
  });

  it('has no more places than a provider has connections', () => {
    const admission = new GenerationConcurrencyLimiter();
    const leaves = Array.from({ length: 4096 }, (_, index) => admission.acquire(`user-${index % 40}`));
    expect(thrownCode(() => admission.acquire('grace'))).toBe('overloaded');
    for (const leave of leaves) leave();
    expect(thrownCode(() => admission.acquire('grace'))).toBeUndefined();
  });
});
