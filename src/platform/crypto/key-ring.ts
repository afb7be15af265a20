import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

const EMPTY = Buffer.alloc(0);

/** A root secret and the keys derived from it. The root secret itself never encrypts or signs. */
export class RootKey {
  /** Four bytes that identify this root key in ciphertexts and tokens, and reveal nothing about it. */
  readonly id: Buffer;
  private readonly derived = new Map<string, KeyObject>();

  constructor(private readonly secret: string) {
    this.id = this.deriveBytes('key-id', EMPTY, 4);
  }

  /** Derives a 256-bit key for one purpose (HKDF-SHA256, RFC 5869). Keys without a salt are cached. */
  derive(purpose: string, salt?: Buffer): KeyObject {
    if (salt) return createSecretKey(this.deriveBytes(purpose, salt, 32));
    const key = this.derived.get(purpose) ?? createSecretKey(this.deriveBytes(purpose, EMPTY, 32));
    this.derived.set(purpose, key);
    return key;
  }

  private deriveBytes(purpose: string, salt: Buffer, length: number): Buffer {
    return Buffer.from(hkdfSync('sha256', this.secret, salt, `xentree/${purpose}`, length));
  }
}

/** The current root key and, during a rotation, the previous one. */
export class KeyRing {
  readonly current: RootKey;
  readonly all: readonly RootKey[];

  constructor(secret: string, previous?: string) {
    this.current = new RootKey(secret);
    this.all = previous ? [this.current, new RootKey(previous)] : [this.current];
  }

  byId(id: Buffer): RootKey | undefined {
    return this.all.find((key) => key.id.equals(id));
  }
}
