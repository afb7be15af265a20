/** Runs the tasks of one key one after another, in the order in which they were added. */
export class KeyedMutex {
  private readonly last = new Map<string, Promise<unknown>>();

  /** Resolves or rejects as the task does. A task that fails does not keep the next one from running. */
  run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const result = (this.last.get(key) ?? Promise.resolve()).then(task);
    const settled = result
      .catch(() => undefined)
      .then(() => {
        if (this.last.get(key) === settled) this.last.delete(key);
      });
    this.last.set(key, settled);
    return result;
  }

  /** The number of keys with a task that runs or waits. */
  get size(): number {
    return this.last.size;
  }
}
