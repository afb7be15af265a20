import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { FairQueue, type FairQueueOptions } from './fair-queue.js';

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

const queueWith = (options: Partial<FairQueueOptions>): FairQueue =>
  new FairQueue({ concurrency: 1, maxWaiting: 8, maxWaitingPerCaller: 8, retryAfter: 5, ...options });

const OVERLOADED = { code: 'overloaded', status: 503 };

describe('a fair queue', () => {
  it('runs no more tasks at once than its concurrency, those of one caller in the order of their arrival', async () => {
    const queue = queueWith({ concurrency: 2 });
    const tasks = new ManualTasks();
    const results = [1, 2, 3, 4, 5].map((id) => queue.run('a', tasks.run(id)));
    await nextTurn();
    expect(tasks.started).toEqual([1, 2]);
    await tasks.finish(2);
    expect(tasks.started).toEqual([1, 2, 3]);
    for (const id of [1, 3, 4, 5]) await tasks.finish(id);
    expect(await Promise.all(results)).toEqual([1, 2, 3, 4, 5]);
    expect(tasks.maxRunning).toBe(2);
  });

  it('lets callers take turns, however many tasks one of them has', async () => {
    const queue = queueWith({});
    const tasks = new ManualTasks();
    const results = [
      ...[1, 2, 3, 4].map((id) => queue.run('greedy', tasks.run(id))),
      ...[11, 12].map((id) => queue.run('modest', tasks.run(id))),
    ];
    await nextTurn();
    for (const id of [1, 2, 11, 3, 12, 4]) await tasks.finish(id);
    await Promise.all(results);
    expect(tasks.started).toEqual([1, 2, 11, 3, 12, 4]);
  });

  it('runs no more tasks of one caller at once than its share', async () => {
    const queue = queueWith({ concurrency: 3, concurrencyPerCaller: 1 });
    const tasks = new ManualTasks();
    const results = [1, 2].map((id) => queue.run('a', tasks.run(id)));
    results.push(queue.run('b', tasks.run(3)));
    await nextTurn();
    expect(tasks.started).toEqual([1, 3]);
    await tasks.finish(3);
    expect(tasks.started).toEqual([1, 3]);
    await tasks.finish(1);
    expect(tasks.started).toEqual([1, 3, 2]);
    await tasks.finish(2);
    expect(await Promise.all(results)).toEqual([1, 2, 3]);
  });

  it('refuses a caller whose share is full, and accepts another one', async () => {
    const queue = queueWith({ maxWaitingPerCaller: 1, retryAfter: 7 });
    const tasks = new ManualTasks();
    const accepted = [queue.run('a', tasks.run(1)), queue.run('a', tasks.run(2))];
    await expect(queue.run('a', tasks.run(3))).rejects.toMatchObject({ ...OVERLOADED, retryAfter: 7 });
    accepted.push(queue.run('b', tasks.run(4)));
    for (const id of [1, 2, 4]) await tasks.finish(id);
    expect(await Promise.all(accepted)).toEqual([1, 2, 4]);
    expect(tasks.started).not.toContain(3);
  });

  it('when it is full, takes the place of a new caller from the caller with the most waiting tasks', async () => {
    const queue = queueWith({ maxWaiting: 3 });
    const tasks = new ManualTasks();
    const running = queue.run('greedy', tasks.run(1));
    const waiting = [2, 3, 4].map((id) => queue.run('greedy', tasks.run(id)));
    await expect(queue.run('greedy', tasks.run(5))).rejects.toMatchObject(OVERLOADED);
    const modest = queue.run('modest', tasks.run(11));
    await expect(waiting[2]).rejects.toMatchObject(OVERLOADED);
    for (const id of [1, 2, 11, 3]) await tasks.finish(id);
    expect(await Promise.all([running, waiting[0], waiting[1], modest])).toEqual([1, 2, 3, 11]);
    expect(tasks.started).not.toContain(4);
  });

  it('when it is full of equal shares, refuses the new task', async () => {
    const queue = queueWith({ maxWaiting: 1 });
    const tasks = new ManualTasks();
    const accepted = [queue.run('a', tasks.run(1)), queue.run('b', tasks.run(2))];
    await expect(queue.run('c', tasks.run(3))).rejects.toMatchObject(OVERLOADED);
    for (const id of [1, 2]) await tasks.finish(id);
    expect(await Promise.all(accepted)).toEqual([1, 2]);
  });

  it('continues after a task that failed', async () => {
    const queue = queueWith({ maxWaiting: 1 });
    const failing = queue.run('a', () => Promise.reject(new Error('no')));
    const waiting = queue.run('b', async () => 'next');
    await expect(failing).rejects.toThrow('no');
    expect(await waiting).toBe('next');
    expect(await queue.run('a', async () => 'free again')).toBe('free again');
  });

  it('that is stopped refuses waiting and new tasks, and running ones end', async () => {
    const queue = queueWith({});
    const tasks = new ManualTasks();
    const [running, ...waiting] = [1, 2, 3].map((id) => queue.run(id === 3 ? 'b' : 'a', tasks.run(id)));
    const refusals = Promise.all(waiting.map((task) => expect(task).rejects.toMatchObject(OVERLOADED)));
    await nextTurn();
    queue.stop();
    await refusals;
    await expect(queue.run('a', tasks.run(4))).rejects.toMatchObject(OVERLOADED);
    await tasks.finish(1);
    expect(await running).toBe(1);
    expect(tasks.started).toEqual([1]);
    expect(queue.state).toMatchObject({ running: 0, waiting: 0 });
  });

  it('for any arrivals and ends keeps its bounds, never idles, and starts callers in turn', async () => {
    const step = fc.record({ arrives: fc.boolean(), caller: fc.constantFrom('a', 'b', 'c') });
    const bounds = fc.record({
      concurrency: fc.integer({ min: 1, max: 4 }),
      concurrencyPerCaller: fc.integer({ min: 1, max: 4 }),
      maxWaiting: fc.nat(6),
      maxWaitingPerCaller: fc.nat(4),
    });
    await fc.assert(
      fc.asyncProperty(bounds, fc.array(step, { maxLength: 40 }), async (options, steps) => {
        const queue = queueWith(options);
        const tasks = new ManualTasks();
        const open = new Map<number, string>();
        const finished = new Set<number>();
        for (const [id, { arrives, caller }] of steps.entries()) {
          if (arrives) {
            open.set(id, caller);
            queue.run(caller, tasks.run(id)).then(
              () => finished.add(id),
              () => open.delete(id),
            );
            await nextTurn();
          } else {
            const next = tasks.started.find((started) => !finished.has(started));
            if (next !== undefined) await tasks.finish(next);
          }
          assertBounds(options, tasks, open, finished);
        }
        for (let next; (next = tasks.started.find((started) => !finished.has(started))) !== undefined;)
          await tasks.finish(next);
        expect(finished).toEqual(new Set(open.keys()));
      }),
      { numRuns: 200 },
    );
  });
});

type Bounds = Required<Omit<FairQueueOptions, 'name' | 'retryAfter'>>;

/** Compares what runs and waits with the bounds, in all and for each caller. */
function assertBounds(
  { concurrency, concurrencyPerCaller, maxWaiting, maxWaitingPerCaller }: Bounds,
  { started }: ManualTasks,
  open: Map<number, string>,
  finished: Set<number>,
): void {
  const unfinished = [...open].filter(([id]) => !finished.has(id));
  const running = unfinished.filter(([id]) => started.includes(id));
  const waiting = unfinished.filter(([id]) => !started.includes(id));
  const countOf = (tasks: [number, string][], caller: string): number =>
    tasks.filter((task) => task[1] === caller).length;
  expect(running.length).toBeLessThanOrEqual(concurrency);
  expect(waiting.length).toBeLessThanOrEqual(maxWaiting);
  for (const caller of ['a', 'b', 'c']) {
    expect(countOf(running, caller)).toBeLessThanOrEqual(concurrencyPerCaller);
    expect(countOf(waiting, caller)).toBeLessThanOrEqual(maxWaitingPerCaller);
    const mayStart = running.length < concurrency && countOf(running, caller) < concurrencyPerCaller;
    if (mayStart) expect(countOf(waiting, caller)).toBe(0);
  }
}
