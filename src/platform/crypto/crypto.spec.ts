import fc from 'fast-check';
import { BoundedQueue } from '../concurrency/bounded-queue.js';
import { SystemEntropy } from '../kernel/entropy.js';
import { KeyedHash, KeyRing, SecretBox } from './index.js';

const PREVIOUS_SECRET = 'the root secret that came before, long enough';
const CURRENT_SECRET = 'the root secret that is used now, long enough';

describe('SecretBox', () => {
  const before = new SecretBox(new KeyRing(PREVIOUS_SECRET), new SystemEntropy());
  const during = new SecretBox(new KeyRing(CURRENT_SECRET, PREVIOUS_SECRET), new SystemEntropy());
  const after = new SecretBox(new KeyRing(CURRENT_SECRET), new SystemEntropy());

  it('opens what it sealed, for any text and context', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, context) => {
        expect(before.open('test', before.seal('test', text, context), context)).toBe(text);
      }),
    );
  });

  it('refuses another purpose, another context, and any changed byte', () => {
    const sealed = before.seal('test', 'secret', 'row 1');
    expect(() => before.open('other', sealed, 'row 1')).toThrow();
    expect(() => before.open('test', sealed, 'row 2')).toThrow();
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => before.open('test', changed, 'row 1')).toThrow();
    }
  });

  it('reads what the previous root wrote while both are known, and not afterwards', () => {
    const sealed = before.seal('test', 'secret');
    expect(during.open('test', sealed)).toBe('secret');
    expect(after.open('test', during.seal('test', 'secret'))).toBe('secret');
    expect(() => after.open('test', sealed)).toThrow();
  });
});

describe('KeyedHash', () => {
  it('tells apart parts that would be equal when joined', () => {
    const hash = new KeyedHash(new KeyRing(PREVIOUS_SECRET));
    expect(hash.currentHash('test', 'ab', 'c')).not.toEqual(hash.currentHash('test', 'a', 'bc'));
    expect(hash.currentHash('test', 'a')).not.toEqual(hash.currentHash('other', 'a'));
  });

  it('finds a value hashed under the previous root among its candidates', () => {
    const stored = new KeyedHash(new KeyRing(PREVIOUS_SECRET)).currentHash('test', 'value');
    const candidates = new KeyedHash(new KeyRing(CURRENT_SECRET, PREVIOUS_SECRET)).allHashes('test', 'value');
    expect(candidates.some((candidate) => candidate.equals(stored))).toBe(true);
  });
});

describe('BoundedQueue', () => {
  it('runs no more at once than it is wide, and refuses what would wait beyond its depth', async () => {
    const queue = new BoundedQueue(2, 3, 5);
    let running = 0;
    let most = 0;
    const releases: (() => void)[] = [];
    const task = async (): Promise<void> => {
      most = Math.max(most, (running += 1));
      await new Promise<void>((resolve) => releases.push(resolve));
      running -= 1;
    };
    const accepted = Array.from({ length: 5 }, () => queue.run(task));
    await expect(queue.run(task)).rejects.toMatchObject({ code: 'overloaded', status: 503, retryAfter: 5 });
    while (releases.length > 0) {
      releases.shift()?.();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(accepted);
    expect(most).toBe(2);
    await expect(queue.run(async () => 'free again')).resolves.toBe('free again');
  });

  it('goes on after a task that failed', async () => {
    const queue = new BoundedQueue(1, 1, 5);
    await expect(queue.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(queue.run(async () => 1)).resolves.toBe(1);
  });
});
