import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { KeyRing } from './key-ring.js';

/**
 * HMAC-SHA256 under a key derived per purpose: for values that are looked up but must not be guessed from a
 * stolen table (codes, mail tokens, limiter keys). `parts` are joined unambiguously.
 */
@Injectable()
export class KeyedHash {
  constructor(private readonly keys: KeyRing) {}

  currentHash(purpose: string, ...parts: string[]): Buffer {
    return this.hashWithKey(0, purpose, parts);
  }

  /** The hash under each root key, the present one first: what a look-up must match during a rotation. */
  allHashes(purpose: string, ...parts: string[]): Buffer[] {
    return this.keys.all.map((_, index) => this.hashWithKey(index, purpose, parts));
  }

  /**
   * The hash under the oldest root key known: the same before and during a rotation, for values that are written
   * again and again under one name (limits, idempotent requests).
   */
  stableHash(purpose: string, ...parts: string[]): Buffer {
    return this.hashWithKey(this.keys.all.length - 1, purpose, parts);
  }

  private hashWithKey(index: number, purpose: string, parts: string[]): Buffer {
    const key = this.keys.all[index] ?? this.keys.current;
    return createHmac('sha256', key.derive(`hash/${purpose}`))
      .update(JSON.stringify(parts))
      .digest();
  }
}
