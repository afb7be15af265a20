import { createHmac } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { Injectable, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import bcrypt from 'bcrypt';
import { FairQueue } from '../concurrency/fair-queue.js';
import { Config } from '../config/index.js';
import { requestContext } from '../context/index.js';
import { KeyRing, type RootKey } from './key-ring.js';

/** After this time of a shutdown, waiting passwords are refused, so that their clients get a response before the end. */
const STOP_AFTER_MS = 3_000;

const SHARES = { maxWaiting: 512, maxWaitingPerCaller: 64, retryAfter: 5 };

type WrapComparison = (compare: () => Promise<boolean>) => Promise<boolean>;

/**
 * Hashes passwords with bcrypt over an HMAC with a pepper: bcrypt alone would ignore everything after 72 bytes, and a stolen
 * table cannot be attacked without the pepper. Stored as `<pepper key id>:<bcrypt hash>`. Hashing runs on the thread pool, one
 * hash for each core at once, and callers take turns.
 */
@Injectable()
export class PasswordHasher implements OnModuleDestroy, OnApplicationShutdown {
  private readonly queue = new FairQueue({
    name: 'password_hashing',
    concurrency: availableParallelism(),
    ...SHARES,
  });

  constructor(
    private readonly keys: KeyRing,
    private readonly config: Config,
  ) {}

  onModuleDestroy(): void {
    setTimeout(() => this.queue.stop(), STOP_AFTER_MS).unref();
  }

  /** Refuses the waiting passwords of clients that have disconnected. */
  onApplicationShutdown(): void {
    this.queue.stop();
  }

  hash(password: string): Promise<string> {
    const key = this.keys.current;
    return this.queue.run(requestContext.caller, async () => {
      const hash = await bcrypt.hash(pepperPassword(key, password), this.config.bcryptCost);
      return `${key.id.toString('hex')}:${hash}`;
    });
  }

  /**
   * Compares a password with `stored`; with null, takes the same time and returns false. `wrap` runs in the slot of the queue
   * and calls the comparison: a limiter of attempts then counts running attempts, and not waiting ones.
   */
  verify(
    password: string,
    stored: string | null,
    wrap: WrapComparison = (compare) => compare(),
  ): Promise<boolean> {
    return this.queue.run(requestContext.caller, () => wrap(() => this.compare(password, stored)));
  }

  /** Returns whether the stored hash has another cost or pepper than a new one would have. */
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

  /** A well-formed hash that no password matches: a comparison for an unknown user takes as long as for a known one. */
  private dummyHash(): string {
    return `${this.keys.current.id.toString('hex')}:$2b$${String(this.config.bcryptCost).padStart(2, '0')}$${'x'.repeat(53)}`;
  }
}

function pepperPassword(key: RootKey, password: string): string {
  return createHmac('sha256', key.derive('password')).update(password.normalize('NFC')).digest('base64');
}
