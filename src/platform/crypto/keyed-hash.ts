import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { KeyRing } from './key-ring.js';

/**
 * Computes HMAC-SHA256 with a key derived for each purpose. For values that are looked up and must not be guessable from a
 * stolen table: codes, mail tokens, keys of rate limits. Different lists of `parts` never give the same input.
 */
@Injectable()
export class KeyedHash {
  constructor(private readonly keys: KeyRing) {}

  currentHash(purpose: string, ...parts: string[]): Buffer {
    return this.hashWithKey(0, purpose, parts);
  }

  /** Returns the hash under each root key, the current one first. A look-up must match any of them during a rotation. */
  allHashes(purpose: string, ...parts: string[]): Buffer[] {
    return this.keys.all.map((_, index) => this.hashWithKey(index, purpose, parts));
  }

  /**
   * Returns the hash under the oldest known root key. It stays the same before and during a rotation: for keys of rows that
   * are updated repeatedly, such as rate limits and idempotent requests.
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
