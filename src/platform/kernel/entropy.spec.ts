import { Entropy, SystemEntropy, toBase32 } from './entropy.js';

/** Returns 0, 1, 2, ... modulo the bound, and bytes 0, 1, 2, ... */
class CountingEntropy extends Entropy {
  private next = 0;

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, (_, index) => index % 256));
  }

  integer(below: number): number {
    return this.next++ % below;
  }
}

describe('entropy', () => {
  it('encodes tokens without characters that URLs escape', () => {
    expect(new CountingEntropy().token(3)).toBe('AAEC');
    expect(new SystemEntropy().token(96)).toMatch(/^[\w-]{128}$/);
    expect(new SystemEntropy().token()).toHaveLength(43);
    expect(new CountingEntropy().token(0)).toBe('');
  });

  it('keeps leading zeros of digits', () => {
    expect(new CountingEntropy().digits(12)).toBe('012345678901');
    expect(new CountingEntropy().digits(0)).toBe('');
  });

  it('uses the whole alphabet of base32', () => {
    expect(new CountingEntropy().base32(33)).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567A');
  });

  it('of the system gives values below the bound, and another value each time', () => {
    const entropy = new SystemEntropy();
    const values = Array.from({ length: 2000 }, () => entropy.integer(10));
    expect(new Set(values)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
    expect(entropy.bytes(32)).toHaveLength(32);
    expect(new Set(Array.from({ length: 1000 }, () => entropy.token(16))).size).toBe(1000);
  });
});

describe('toBase32', () => {
  // Test vectors of RFC 4648, section 10, without their padding.
  it.each([
    ['', ''],
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ])('encodes "%s" as "%s"', (text, encoded) => {
    expect(toBase32(Buffer.from(text))).toBe(encoded);
  });

  it('keeps leading zero bytes', () => {
    expect(toBase32(Buffer.alloc(5))).toBe('AAAAAAAA');
    expect(toBase32(Buffer.alloc(5, 0xff))).toBe('77777777');
  });
});
