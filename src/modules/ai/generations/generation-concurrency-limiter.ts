import { Injectable } from '@nestjs/common';
import { platformErrors } from '@/platform/errors/index.js';

/** Answers that one account, and all of them, may have under way in this process. */
const PER_ACCOUNT = 250;
/** No more than a provider is given connections: nobody's time runs out while they wait for one. */
const IN_ALL = 4_096;
const RETRY_SECONDS = 5;

/** Who may have one more answer written: a single account must not take the place of everybody. */
@Injectable()
export class Admission {
  private readonly places = new Map<string, number>();
  private taken = 0;

  /**
   * Answers how to leave, which may be called twice. Throws 429 `too_many_attempts` where the account has too many
   * answers under way, and 503 `overloaded` where the process has.
   */
  enter(userId: string): () => void {
    const own = this.places.get(userId) ?? 0;
    if (own >= PER_ACCOUNT) throw platformErrors.too_many_attempts({ retryAfter: RETRY_SECONDS });
    if (this.taken >= IN_ALL) throw platformErrors.overloaded({ retryAfter: RETRY_SECONDS });
    this.places.set(userId, own + 1);
    this.taken += 1;
    let inside = true;
    return () => {
      if (inside) this.leave(userId);
      inside = false;
    };
  }

  private leave(userId: string): void {
    const own = this.places.get(userId) ?? 0;
    this.taken -= 1;
    if (own > 1) this.places.set(userId, own - 1);
    else this.places.delete(userId);
  }
}
