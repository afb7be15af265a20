import { Injectable } from '@nestjs/common';
import { platformErrors } from '@/platform/errors/index.js';

const MAX_ACTIVE_PER_USER = 250;
/** At most the number of connections to one provider: no request times out while it waits for a connection. */
const MAX_ACTIVE = 4_096;
const MIB = 1024 * 1024;
const MAX_BYTES_PER_USER = 32 * MIB;
const MAX_BYTES = 128 * MIB;
const RETRY_AFTER_SECONDS = 5;

/** The right to run one generation. */
export interface GenerationPermit {
  /**
   * Counts the bytes of the prompt that the generation keeps in memory, in place of those counted before. Throws 429
   * `too_many_attempts` at the limit of the user. Throws 503 `overloaded` when the user would have more than is left for
   * all: the memory of a process is never used up, so that another user always gets a part of it.
   */
  reserveMemory: (bytes: number) => void;
  /** Calling it more than once has no effect. */
  release: () => void;
}

interface UserShare {
  active: number;
  bytes: number;
}

/** Limits the generations that run in this process at the same time, and their memory, per user and in total. */
@Injectable()
export class GenerationConcurrencyLimiter {
  private readonly shares = new Map<string, UserShare>();
  private activeTotal = 0;
  private bytesTotal = 0;

  get usage(): { users: number; active: number; bytes: number } {
    return { users: this.shares.size, active: this.activeTotal, bytes: this.bytesTotal };
  }

  /** Throws 429 `too_many_attempts` at the limit of the user, and 503 `overloaded` at the limit of the process. */
  acquire(userId: string): GenerationPermit {
    const share = this.shares.get(userId) ?? { active: 0, bytes: 0 };
    if (share.active >= MAX_ACTIVE_PER_USER) throw tooMany();
    if (this.activeTotal >= MAX_ACTIVE) throw overloaded();
    this.shares.set(userId, share);
    share.active += 1;
    this.activeTotal += 1;
    return this.createPermit(userId, share);
  }

  private createPermit(userId: string, share: UserShare): GenerationPermit {
    let reserved = 0;
    let held = true;
    return {
      reserveMemory: (bytes) => {
        if (!held) return;
        this.changeBytes(share, bytes - reserved);
        reserved = bytes;
      },
      release: () => {
        if (!held) return;
        held = false;
        this.changeBytes(share, -reserved);
        this.activeTotal -= 1;
        share.active -= 1;
        if (share.active === 0) this.shares.delete(userId);
      },
    };
  }

  private changeBytes(share: UserShare, difference: number): void {
    const bytes = share.bytes + difference;
    const total = this.bytesTotal + difference;
    if (difference > 0 && bytes > MAX_BYTES_PER_USER) throw tooMany();
    if (difference > 0 && bytes > MAX_BYTES - total) throw overloaded();
    share.bytes = bytes;
    this.bytesTotal = total;
  }
}

const tooMany = (): Error => platformErrors.too_many_attempts({ retryAfter: RETRY_AFTER_SECONDS });
const overloaded = (): Error => platformErrors.overloaded({ retryAfter: RETRY_AFTER_SECONDS });
