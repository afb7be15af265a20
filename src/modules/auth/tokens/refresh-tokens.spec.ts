import fc from 'fast-check';
import { KeyRing } from '@/platform/crypto/index.js';
import { newId } from '@/platform/kernel/ids.js';
import { RefreshTokens } from './refresh-tokens.js';

const SECRET = 'the root key of these unit tests, long enough';
const NEXT_SECRET = 'the root key after the rotation, long enough';

const salts = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes));
const counters = fc.integer({ min: 0, max: 0xffff_ffff });
const ids = fc.uuid();

describe('RefreshTokens', () => {
  const tokens = new RefreshTokens(new KeyRing(SECRET));
  const salt = Buffer.alloc(16, 7);

  function parse(token: string) {
    const parsed = tokens.parse(token);
    if (!parsed) throw new Error(`not parsed: ${token}`);
    return parsed;
  }

  it('reads what it issued, for any session, counter and salt', () => {
    fc.assert(
      fc.property(ids, counters, salts, (sessionId, counter, randomSalt) => {
        const parsed = parse(tokens.issue(sessionId, counter, randomSalt));
        expect(parsed).toMatchObject({ sessionId, counter });
        expect(tokens.isAuthentic(parsed, randomSalt)).toBe(true);
      }),
    );
  });

  it('issues the same text again, so that a lost response can be repeated', () => {
    const id = newId();
    const again = new RefreshTokens(new KeyRing(SECRET));
    expect(again.issue(id, 3, salt)).toBe(tokens.issue(id, 3, salt));
  });

  it('issues another text for another session, counter or salt', () => {
    const id = newId();
    const variants = [
      tokens.issue(id, 1, salt),
      tokens.issue(id, 2, salt),
      tokens.issue(newId(), 1, salt),
      tokens.issue(id, 1, Buffer.alloc(16, 8)),
    ];
    expect(new Set(variants).size).toBe(variants.length);
  });

  it('refuses a token after the change of any single bit, in the body and in the MAC', () => {
    const bytes = Buffer.from(tokens.issue(newId(), 5, salt).slice(3), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      const index = Math.floor(bit / 8);
      changed[index] = (changed[index] ?? 0) ^ (1 << (bit % 8));
      const parsed = tokens.parse(`xr_${changed.toString('base64url')}`);
      expect([bit, parsed !== null && tokens.isAuthentic(parsed, salt)]).toEqual([bit, false]);
    }
  });

  it('refuses the MAC of another counter, session or salt', () => {
    const [id, otherId] = [newId(), newId()];
    const first = parse(tokens.issue(id, 1, salt));
    expect(tokens.isAuthentic({ ...first, counter: 2 }, salt)).toBe(false);
    expect(tokens.isAuthentic({ ...first, sessionId: otherId }, salt)).toBe(false);
    expect(tokens.isAuthentic(first, Buffer.alloc(16, 8))).toBe(false);
    expect(tokens.isAuthentic(first, Buffer.alloc(0))).toBe(false);
  });

  it.each([
    ['no text', ''],
    ['only the prefix', 'xr_'],
    ['another prefix', 'xk_AQAB'],
    ['the prefix in upper case', 'XR_AQAB'],
    ['one byte too few', `xr_${Buffer.alloc(56, 1).toString('base64url')}`],
    ['one byte too many', `xr_${Buffer.alloc(58, 1).toString('base64url')}`],
    ['another version', `xr_${Buffer.alloc(57, 2).toString('base64url')}`],
    ['text that is not base64url', `xr_${'€'.repeat(76)}`],
    ['a JWT', 'eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl'],
    ['a huge text', `xr_${'A'.repeat(1_000_000)}`],
  ])('does not parse %s', (_label, text) => {
    expect(tokens.parse(text)).toBeNull();
  });

  it('never throws and never accepts a random text', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.uint8Array({ minLength: 57, maxLength: 57 }).map((bytes) => {
        bytes[0] = 1;
        return `xr_${Buffer.from(bytes).toString('base64url')}`;
      }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const parsed = tokens.parse(text);
        expect(parsed !== null && tokens.isAuthentic(parsed, salt)).toBe(false);
      }),
    );
  });

  it('accepts tokens of the previous root key during a rotation, and not afterwards', () => {
    const old = parse(tokens.issue(newId(), 1, salt));
    const during = new RefreshTokens(new KeyRing(NEXT_SECRET, SECRET));
    const afterwards = new RefreshTokens(new KeyRing(NEXT_SECRET));
    expect(during.isAuthentic(old, salt)).toBe(true);
    expect(afterwards.isAuthentic(old, salt)).toBe(false);
    const renewed = during.parse(during.issue(old.sessionId, 2, salt));
    expect(renewed && afterwards.isAuthentic(renewed, salt)).toBe(true);
  });

  it('does not accept the id of one root key with the MAC of another', () => {
    const during = new RefreshTokens(new KeyRing(NEXT_SECRET, SECRET));
    const id = newId();
    const [old, renewed] = [parse(tokens.issue(id, 1, salt)), during.parse(during.issue(id, 1, salt))];
    if (!renewed) throw new Error('not parsed');
    expect(during.isAuthentic({ ...renewed, mac: old.mac }, salt)).toBe(false);
    expect(during.isAuthentic({ ...old, mac: renewed.mac }, salt)).toBe(false);
  });

  it('refuses a counter that does not fit into four bytes', () => {
    expect(() => tokens.issue(newId(), 0x1_0000_0000, salt)).toThrow('out of range');
    expect(() => tokens.issue(newId(), -1, salt)).toThrow('out of range');
  });
});
