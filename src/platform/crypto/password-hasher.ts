import { createHmac } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Injectable } from '@nestjs/common';
import bcrypt from 'bcrypt';
import { BoundedQueue } from '../concurrency/bounded-queue.js';
import { Config } from '../config/index.js';
import { KeyRing, type RootKey } from './key-ring.js';

const MAX_WAITING = 64;

type WrapComparison = (compare: () => Promise<boolean>) => Promise<boolean>;

/**
 * bcrypt over an HMAC of the password, so that long passwords are not cut at 72 bytes and a stolen table
 * cannot be attacked without the pepper. Stored as `<pepper key id>:<bcrypt hash>`. Hashing happens on the
 * thread pool, as many at once as there are cores; the queue behind it is bounded.
 */
@Injectable()
export class PasswordHasher {
  private readonly queue = new BoundedQueue(availableParallelism(), MAX_WAITING, 5);

  constructor(
    private readonly keys: KeyRing,
    private readonly config: Config,
  ) {}

  hash(password: string): Promise<string> {
    const key = this.keys.current;
    return this.queue.run(async () => {
      const hash = await bcrypt.hash(pepperPassword(key, password), this.config.bcryptCost);
      return `${key.id.toString('hex')}:${hash}`;
    });
  }

  /**
   * Compares against `stored`; with null it does the same work and answers false. `around` runs in the same turn
   * of the queue and does the comparison when it sees fit: whatever guards the guess counts those at work, never
   * those that wait.
   */
  verify(
    password: string,
    stored: string | null,
    wrap: WrapComparison = (compare) => compare(),
  ): Promise<boolean> {
    return this.queue.run(() => wrap(() => this.compare(password, stored)));
  }

  /** True when the stored hash was made with another cost or pepper than the present ones. */
  isOutdated(stored: string): boolean {
    const [keyId = '', hash = ''] = stored.split(':');
    return (
      keyId !== this.keys.current.id.toString('hex') || bcrypt.getRounds(hash) !== this.config.bcryptCost
    );
  }

  private async compare(password: string, stored: string | null): Promise<boolean> {
    const [keyId = '', hash = ''] = (stored ?? this.dummyHash()).split(':');
    const key = this.keys.byId(Buffer.from(keyId, 'hex')) ?? this.keys.current;
    const equal = await bcrypt.compare(pepperPassword(key, password), hash);
    return equal && stored !== null;
  }

  /** Well-formed, but the hash of nothing: an unknown account costs exactly what a known one does. */
  private dummyHash(): string {
    return `${this.keys.current.id.toString('hex')}:$2b$${String(this.config.bcryptCost).padStart(2, '0')}$${'x'.repeat(53)}`;
  }
}

function pepperPassword(key: RootKey, password: string): string {
  return createHmac('sha256', key.derive('password')).update(password.normalize('NFC')).digest('base64');
}
