import fc from 'fast-check';
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
