import { AppError } from '@/platform/errors/index.js';
import { Admission } from './generation-concurrency-limiter.js';

function refusalOf(act: () => unknown): string | undefined {
  try {
    act();
  } catch (error) {
    return (error as AppError).code;
  }
  return undefined;
}

describe('admission', () => {
  it('gives one account only so many places, and takes each back once', () => {
    const admission = new Admission();
    const leaves = Array.from({ length: 250 }, () => admission.enter('ada'));
    expect(refusalOf(() => admission.enter('ada'))).toBe('too_many_attempts');
    expect(refusalOf(() => admission.enter('grace'))).toBeUndefined();
    leaves[0]?.();
    leaves[0]?.();
    expect(refusalOf(() => admission.enter('ada'))).toBeUndefined();
    expect(refusalOf(() => admission.enter('ada'))).toBe('too_many_attempts');
  });

  it('has no more places than a provider has connections', () => {
    const admission = new Admission();
    const leaves = Array.from({ length: 4096 }, (_, index) => admission.enter(`user-${index % 40}`));
    expect(refusalOf(() => admission.enter('grace'))).toBe('overloaded');
    for (const leave of leaves) leave();
    expect(refusalOf(() => admission.enter('grace'))).toBeUndefined();
  });
});
