import { Injectable } from '@nestjs/common';
import { KeyedHash } from '@/platform/crypto/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { DAY, HOUR, MINUTE } from '@/platform/kernel/durations.js';
import { Entropy } from '@/platform/kernel/entropy.js';
import { newId } from '@/platform/kernel/ids.js';
import { authErrors } from '../auth.errors.js';
import type { MailPurpose } from './persistence/email-token.entity.js';
import { MailTokenRepository, type SpentToken } from './persistence/email-token.repository.js';

const LIFE: Readonly<Record<MailPurpose, number>> = {
  verify_email: DAY,
  change_email: DAY,
  reset_password: HOUR,
  set_password: DAY,
  replace_password: 15 * MINUTE,
};
const HASH = 'mail-token';

/** Single-use tokens, most of which travel as links in mails. A new one takes the place of the one before it. */
@Injectable()
export class MailTokens {
  constructor(
    private readonly tokens: MailTokenRepository,
    private readonly hash: KeyedHash,
    private readonly entropy: Entropy,
    private readonly clock: Clock,
  ) {}

  /** A token that proves control over `email`; runs inside the caller's unit of work. */
  async issue(userId: string, purpose: MailPurpose, email: string): Promise<string> {
    const token = this.entropy.token();
    await this.tokens.revoke(userId, [purpose]);
    await this.tokens.insert({
      id: newId(),
      user_id: userId,
      purpose,
      token_hash: this.hash.of(HASH, token),
      email,
      created_at: this.clock.now(),
      expires_at: this.clock.after(LIFE[purpose]),
    });
    return token;
  }

  /** Spends a token; throws `link_invalid`. */
  async spend(token: string, purposes: MailPurpose[]): Promise<SpentToken> {
    const spent = await this.tokens.spend(this.hash.candidates(HASH, token), purposes, this.clock.now());
    if (!spent) throw authErrors.link_invalid();
    return spent;
  }

  /** What a token is for, before expensive work is done for it; throws `link_invalid`. */
  async peek(token: string, purposes: MailPurpose[]): Promise<SpentToken> {
    const found = await this.tokens.find(this.hash.candidates(HASH, token), purposes, this.clock.now());
    if (!found) throw authErrors.link_invalid();
    return found;
  }

  async revoke(userId: string, ...purposes: MailPurpose[]): Promise<void> {
    await this.tokens.revoke(userId, purposes);
  }
}
