import { Injectable } from '@nestjs/common';
import { platformErrors } from '@/platform/errors/index.js';

const MAX_ACTIVE_PER_USER = 250;
/** At most the number of connections to one provider: no request times out while it waits for a connection. */
const MAX_ACTIVE = 4_096;
const RETRY_AFTER_SECONDS = 5;

/** Limits the generations that run in this process at the same time, per user and in total. */
@Injectable()
export class GenerationConcurrencyLimiter {
  private readonly activeByUser = new Map<string, number>();
  private activeTotal = 0;

  /**
   * Returns a `release` function; calling it more than once has no effect. Throws 429 `too_many_attempts` at the
   * limit of the user, and 503 `overloaded` at the limit of the process.
   */
  acquire(userId: string): () => void {
    const active = this.activeByUser.get(userId) ?? 0;
    if (active >= MAX_ACTIVE_PER_USER)
      throw platformErrors.too_many_attempts({ retryAfter: RETRY_AFTER_SECONDS });
    if (this.activeTotal >= MAX_ACTIVE) throw platformErrors.overloaded({ retryAfter: RETRY_AFTER_SECONDS });
    this.activeByUser.set(userId, active + 1);
    this.activeTotal += 1;
    let held = true;
    return () => {
      if (held) this.release(userId);
      held = false;
    };
  }

  private release(userId: string): void {
    const active = this.activeByUser.get(userId) ?? 0;
    this.activeTotal -= 1;
    if (active > 1) this.activeByUser.set(userId, active - 1);
    else this.activeByUser.delete(userId);
  }
}
