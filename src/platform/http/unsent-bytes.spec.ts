import fc from 'fast-check';
import { UnsentBytes } from './unsent-bytes.js';

describe('the memory of unread responses', () => {
  const aborted: string[] = [];
  const abort = (name: string) => (): void => void aborted.push(name);
  beforeEach(() => (aborted.length = 0));

  it('has a share for each caller', () => {
    const unsent = new UnsentBytes({ maxBytes: 100, maxBytesPerCaller: 20 });
    const release = unsent.reserve('a', 15, abort('a'));
    expect(unsent.reserve('a', 6, abort('a'))).toBeNull();
    expect(unsent.reserve('b', 20, abort('b'))).not.toBeNull();
    release?.();
    release?.();
    expect(unsent.reserve('a', 20, abort('a'))).not.toBeNull();
    expect(unsent.reserve('a', 1, abort('a'))).toBeNull();
    expect(aborted).toEqual([]);
  });

  it('when it is full, is taken from the oldest response of the caller with the most', () => {
    const unsent = new UnsentBytes({ maxBytes: 40, maxBytesPerCaller: 30 });
    unsent.reserve('a', 10, abort('first of a'));
    unsent.reserve('a', 10, abort('second of a'));
    unsent.reserve('a', 10, abort('third of a'));
    unsent.reserve('b', 10, abort('b'));
    expect(unsent.reserve('c', 10, abort('c'))).not.toBeNull();
    expect(aborted).toEqual(['first of a']);
    expect(unsent.reserve('a', 10, abort('a'))).toBeNull();
    expect(unsent.reserve('d', 25, abort('d'))).toBeNull();
    expect(aborted).toEqual(['first of a']);
    expect(unsent.reserve('d', 10, abort('d'))).not.toBeNull();
    expect(aborted).toEqual(['first of a', 'second of a']);
    expect(unsent.reserve('e', 10, abort('e'))).toBeNull();
  });

  it('for any responses keeps its bounds, and is free after the last one', () => {
    const step = fc.record({
      caller: fc.constantFrom('a', 'b', 'c', 'd'),
      bytes: fc.integer({ min: 1, max: 25 }),
    });
    fc.assert(
      fc.property(fc.array(fc.option(step)), (steps) => {
        const unsent = new UnsentBytes({ maxBytes: 50, maxBytesPerCaller: 20 });
        const open = new Map<symbol, { caller: string; bytes: number; release: () => void }>();
        const sum = (caller?: string): number =>
          [...open.values()]
            .filter((one) => one.caller === (caller ?? one.caller))
            .reduce((total, { bytes }) => total + bytes, 0);
        for (const next of steps) {
          const id = Symbol('response');
          const [oldest] = open.keys();
          if (next) {
            const release = unsent.reserve(next.caller, next.bytes, () => open.delete(id));
            if (release) open.set(id, { ...next, release });
          } else if (oldest) {
            open.get(oldest)?.release();
            open.delete(oldest);
          }
          expect(sum()).toBeLessThanOrEqual(50);
          for (const caller of ['a', 'b', 'c', 'd']) expect(sum(caller)).toBeLessThanOrEqual(20);
        }
        for (const { release } of open.values()) release();
        expect(unsent.reserve('a', 20, abort('a'))).not.toBeNull();
      }),
    );
  });
});
