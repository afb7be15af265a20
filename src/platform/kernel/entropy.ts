import { randomBytes, randomInt } from 'node:crypto';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** The only source of randomness. */
export abstract class Entropy {
  abstract bytes(length: number): Buffer;
  abstract integer(below: number): number;

  /** Returns a URL-safe token of `length` random bytes. */
  token(length = 32): string {
    return this.bytes(length).toString('base64url');
  }

  /** Returns `length` random decimal digits; leading zeros are kept. */
  digits(length: number): string {
    return Array.from({ length }, () => this.integer(10)).join('');
  }

  /** Returns `length` random characters of base32 (RFC 4648), with five bits each. */
  base32(length: number): string {
    return Array.from({ length }, () => BASE32.charAt(this.integer(32))).join('');
  }
}

export class SystemEntropy extends Entropy {
  bytes(length: number): Buffer {
    return randomBytes(length);
  }

  integer(below: number): number {
    return randomInt(below);
  }
}

/** Encodes bytes as base32 (RFC 4648) without padding, the format of secrets in authenticator apps. */
export function toBase32(bytes: Buffer): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => BASE32.charAt(parseInt(group.padEnd(5, '0'), 2))).join('');
}
