import { AsyncLocalStorage } from 'node:async_hooks';

/** Node.js copies the value of every storage to every promise, so there is one for all values. */
const storage = new AsyncLocalStorage<ReadonlyMap<AsyncValue<unknown>, unknown>>();

/** A value that follows async work, like `AsyncLocalStorage`, which costs time and memory for each promise of the process. */
export class AsyncValue<T> {
  /** Returns the value of the innermost `run`; undefined outside of one. */
  get(): T | undefined {
    return storage.getStore()?.get(this) as T | undefined;
  }

  run<R>(value: T, work: () => R): R {
    return storage.run(new Map(storage.getStore()).set(this, value), work);
  }

  /** Runs `work` without the value. */
  exit<R>(work: () => R): R {
    const others = new Map(storage.getStore());
    others.delete(this);
    return storage.run(others, work);
  }
}
