import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { BoundedQueue } from './bounded-queue.js';

/** Tasks that run until the test finishes them. */
class ManualTasks {
  readonly started: number[] = [];
  private readonly finishers = new Map<number, () => void>();
  running = 0;
  maxRunning = 0;

  readonly run = (id: number) => async (): Promise<number> => {
    this.started.push(id);
    this.maxRunning = Math.max(this.maxRunning, (this.running += 1));
    await new Promise<void>((resolve) => this.finishers.set(id, resolve));
    this.running -= 1;
    return id;
  };

  async finish(id: number): Promise<void> {
    this.finishers.get(id)?.();
    await nextTurn();
  }
}

describe('a bounded queue', () => {
  it('runs no more tasks at once than its concurrency, in the order of their arrival', async () => {
    const queue = new BoundedQueue(2, 3, 5);
    const tasks = new ManualTasks();
    const results = [1, 2, 3, 4, 5].map((id) => queue.run(tasks.run(id)));
    await nextTurn();
    expect(tasks.started).toEqual([1, 2]);
    await tasks.finish(2);
    expect(tasks.started).toEqual([1, 2, 3]);
    for (const id of [1, 3, 4, 5]) await tasks.finish(id);
    expect(await Promise.all(results)).toEqual([1, 2, 3, 4, 5]);
    expect(tasks.maxRunning).toBe(2);
  });

  it('refuses a task when the queue is full, and accepts one after another has started', async () => {
    const queue = new BoundedQueue(1, 1, 7);
    const tasks = new ManualTasks();
    const accepted = [queue.run(tasks.run(1)), queue.run(tasks.run(2))];
    await expect(queue.run(tasks.run(3))).rejects.toMatchObject({
      code: 'overloaded',
      status: 503,
      retryAfter: 7,
    });
    await tasks.finish(1);
    accepted.push(queue.run(tasks.run(4)));
    await tasks.finish(2);
    await tasks.finish(4);
    expect(await Promise.all(accepted)).toEqual([1, 2, 4]);
    expect(tasks.started).not.toContain(3);
  });

  it('continues after a task that failed', async () => {
    const queue = new BoundedQueue(1, 1, 5);
    const failing = queue.run(() => Promise.reject(new Error('no')));
    const waiting = queue.run(async () => 'next');
    await expect(failing).rejects.toThrow('no');
    expect(await waiting).toBe('next');
    expect(await queue.run(async () => 'free again')).toBe('free again');
  });

  it('without places to wait refuses every task beyond its concurrency', async () => {
    const queue = new BoundedQueue(1, 0, 1);
    const tasks = new ManualTasks();
    const running = queue.run(tasks.run(1));
    await expect(queue.run(tasks.run(2))).rejects.toMatchObject({ code: 'overloaded' });
    await tasks.finish(1);
    await expect(running).resolves.toBe(1);
  });

  it('never exceeds its bounds for any sequence of arrivals and ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.nat(4),
        fc.array(fc.boolean(), { maxLength: 40 }),
        async (concurrency, maxWaiting, steps) => {
          const queue = new BoundedQueue(concurrency, maxWaiting, 1);
          const tasks = new ManualTasks();
          let accepted = 0;
          let finished = 0;
          for (const [id, arrives] of steps.entries()) {
            if (arrives) {
              const expected = accepted - finished < concurrency + maxWaiting;
              const refused = queue.run(tasks.run(id)).then(
                () => false,
                () => true,
              );
              await nextTurn();
              if (expected) accepted += 1;
              else expect(await refused).toBe(true);
            } else if (finished < tasks.started.length) await tasks.finish(tasks.started[finished++] ?? -1);
            expect(tasks.running).toBe(Math.min(accepted - finished, concurrency));
          }
          expect(tasks.maxRunning).toBeLessThanOrEqual(concurrency);
        },
      ),
      { numRuns: 50 },
    );
  });
});
