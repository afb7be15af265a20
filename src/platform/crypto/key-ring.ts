import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

const EMPTY = Buffer.alloc(0);

/** One root secret and the keys derived from it. Nothing is ever encrypted or signed with the root itself. */
export class RootKey {
  /** Names this root inside ciphertexts and tokens: 4 bytes that reveal nothing of it. */
  readonly id: Buffer;
  private readonly derived = new Map<string, KeyObject>();

  constructor(private readonly secret: string) {
    this.id = this.deriveBytes('key-id', EMPTY, 4);
  }

  /** A 256-bit key for one purpose (HKDF-SHA256, RFC 5869); salted keys are not kept. */
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

/** The present root key and, during a rotation, the one before it. */
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
