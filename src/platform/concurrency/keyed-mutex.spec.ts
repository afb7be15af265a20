import { KeyedMutex } from './keyed-mutex.js';

describe('a mutex for each key', () => {
  it('runs the tasks of a key in order, also after a failure, and forgets the key', async () => {
    const mutex = new KeyedMutex();
    const done: string[] = [];
    const task = (name: string, work: () => Promise<void>) => async (): Promise<string> => {
      done.push(`${name} begins`);
      await work();
      done.push(`${name} ends`);
      return name;
    };
    let release = (): void => undefined;
    const first = mutex.run(
      'a',
      task('first', () => new Promise((resolve) => (release = resolve))),
    );
    const failing = mutex.run(
      'a',
      task('failing', () => Promise.reject(new Error('It failed.'))),
    );
    const third = mutex.run(
      'a',
      task('third', () => Promise.resolve()),
    );
    expect(
      await mutex.run(
        'b',
        task('other', () => Promise.resolve()),
      ),
    ).toBe('other');
    expect(done).toEqual(['first begins', 'other begins', 'other ends']);
    release();
    expect(await first).toBe('first');
    await expect(failing).rejects.toThrow('It failed.');
    expect(await third).toBe('third');
    expect(done.slice(3)).toEqual(['first ends', 'failing begins', 'third begins', 'third ends']);
    await new Promise((resolve) => setImmediate(resolve));
    expect(mutex.size).toBe(0);
  });
});
