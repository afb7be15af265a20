import { Injectable } from '@nestjs/common';
import { KeyedHash } from '@/platform/crypto/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { DAY, HOUR, MINUTE } from '@/platform/kernel/durations.js';
import { Entropy } from '@/platform/kernel/entropy.js';
import { newId } from '@/platform/kernel/ids.js';
import { authErrors } from '../auth.errors.js';
import type { EmailTokenPurpose } from './persistence/email-token.entity.js';
import { EmailTokenRepository, type EmailTokenDetails } from './persistence/email-token.repository.js';

const LIFETIMES: Readonly<Record<EmailTokenPurpose, number>> = {
  verify_email: DAY,
  change_email: DAY,
  reset_password: HOUR,
  set_password: DAY,
  replace_password: 15 * MINUTE,
  revert_email: 7 * DAY,
};
const EMAIL_TOKEN_HASH = 'mail-token';

/** Single-use tokens, most of them sent as links by e-mail. A new token replaces the previous one of its purpose. */
@Injectable()
export class EmailTokens {
  constructor(
    private readonly tokens: EmailTokenRepository,
    private readonly hash: KeyedHash,
    private readonly entropy: Entropy,
    private readonly clock: Clock,
  ) {}

  /** Returns a new token that proves control of `email`. Runs in the caller's transaction. */
  async issue(userId: string, purpose: EmailTokenPurpose, email: string): Promise<string> {
    await this.tokens.revoke(userId, [purpose]);
    return this.insert(userId, purpose, { email, email_verified_at: null });
  }

  /**
   * Returns a token that restores the address that `account` had until now. Every change of address has its own token.
   * Runs in the caller's transaction.
   */
  issueReversion(account: { id: string; email: string; email_verified_at: Date | null }): Promise<string> {
    return this.insert(account.id, 'revert_email', account);
  }

  /** Consumes a token: of concurrent calls exactly one succeeds. Throws `link_invalid`. */
  async consume(token: string, purposes: EmailTokenPurpose[]): Promise<EmailTokenDetails> {
    const consumed = await this.tokens.consume(
      this.hash.allHashes(EMAIL_TOKEN_HASH, token),
      purposes,
      this.clock.now(),
    );
    if (!consumed) throw authErrors.link_invalid();
    return consumed;
  }

  /** Checks a token without consuming it, before expensive work. Throws `link_invalid`. */
  async verify(token: string, purposes: EmailTokenPurpose[]): Promise<EmailTokenDetails> {
    const found = await this.tokens.find(
      this.hash.allHashes(EMAIL_TOKEN_HASH, token),
      purposes,
      this.clock.now(),
    );
    if (!found) throw authErrors.link_invalid();
    return found;
  }

  /** Revokes the tokens that restore addresses which the account got after the one of this token. */
  async revokeLaterReversions({ id, user_id }: EmailTokenDetails): Promise<void> {
    await this.tokens.revokeNewer(user_id, 'revert_email', id);
  }

  async revokeAllExceptReversions(userId: string): Promise<void> {
    await this.tokens.revokeAllExcept(userId, 'revert_email');
  }

  /** Revokes the tokens of these purposes. */
  async revoke(userId: string, ...purposes: EmailTokenPurpose[]): Promise<void> {
    await this.tokens.revoke(userId, purposes);
  }

  private async insert(
    userId: string,
    purpose: EmailTokenPurpose,
    { email, email_verified_at }: { email: string; email_verified_at: Date | null },
  ): Promise<string> {
    const token = this.entropy.token();
    await this.tokens.insert({
      id: newId(),
      user_id: userId,
      purpose,
      token_hash: this.hash.currentHash(EMAIL_TOKEN_HASH, token),
      email,
      email_verified_at,
      created_at: this.clock.now(),
      expires_at: this.clock.after(LIFETIMES[purpose]),
    });
    return token;
  }
}
