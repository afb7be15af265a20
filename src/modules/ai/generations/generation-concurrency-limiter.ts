import { Injectable } from '@nestjs/common';
import { platformErrors } from '@/platform/errors/index.js';

/** Answers that one account, and all of them, may have under way in this process. */
const MAX_ACTIVE_PER_USER = 250;
/** No more than a provider is given connections: nobody's time runs out while they wait for one. */
const MAX_ACTIVE = 4_096;
const RETRY_AFTER_SECONDS = 5;

/** Who may have one more answer written: a single account must not take the place of everybody. */
@Injectable()
export class GenerationConcurrencyLimiter {
  private readonly activeByUser = new Map<string, number>();
  private activeTotal = 0;

  /**
   * Answers how to leave, which may be called twice. Throws 429 `too_many_attempts` where the account has too many
   * answers under way, and 503 `overloaded` where the process has.
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
