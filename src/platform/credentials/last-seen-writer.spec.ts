import { TestClock } from '@test/support/app/test-clock.js';
import { LastSeenWriter } from './last-seen-writer.js';

const FLUSH_MS = 15_000;

describe('a writer of last uses', () => {
  let clock: TestClock;
  let writer: LastSeenWriter;
  let written: [string, number][][];
  let errors: unknown[];
  let close: () => Promise<void>;
  let failure: Error | undefined;
  let start: number;

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['Date'] });
    [clock, written, errors, failure] = [new TestClock(), [], [], undefined];
    clock.freeze();
    start = clock.millis();
    writer = new LastSeenWriter(
      (seen) => {
        written.push([...seen].map(([id, at]) => [id, (at.getTime() - start) / 1000]));
        return failure ? Promise.reject(failure) : Promise.resolve();
      },
      clock,
      { error: (_event, error) => void errors.push(error) },
      { beforeClose: (stop) => void (close = stop) },
    );
  });
  afterEach(() => jest.useRealTimers());

  const flush = (): Promise<void> => jest.advanceTimersByTimeAsync(FLUSH_MS);

  it('writes the times of many rows together', async () => {
    writer.markSeen('a');
    clock.advance(3);
    writer.markSeen('b');
    expect(written).toEqual([]);
    await flush();
    expect(written).toEqual([
      [
        ['a', 0],
        ['b', 3],
      ],
    ]);
  });

  it('writes nothing when no row was used', async () => {
    await flush();
    await flush();
    expect(written).toEqual([]);
  });

  it('writes a row at most once a minute', async () => {
    for (let second = 0; second < 60; second += 1) {
      writer.markSeen('a');
      clock.advance(1);
    }
    await flush();
    expect(written).toEqual([[['a', 0]]]);
    writer.markSeen('a');
    await flush();
    expect(written[1]).toEqual([['a', 60]]);
  });

  it('logs a failed write and continues with later uses', async () => {
    failure = new Error('database down');
    writer.markSeen('a');
    await flush();
    expect(errors).toEqual([failure]);
    failure = undefined;
    clock.advance(61);
    writer.markSeen('a');
    await flush();
    expect(written).toHaveLength(2);
  });

  it('writes what is pending when the database closes, and nothing afterwards', async () => {
    writer.markSeen('a');
    await close();
    expect(written).toEqual([[['a', 0]]]);
    writer.markSeen('b');
    await flush();
    expect(written).toHaveLength(1);
  });
});
