import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import type { SessionActor, ClientInfo } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { authErrors } from '../auth.errors.js';
import { isRecent, PASSWORD_MAX_AGE, STEP_UP_MAX_AGE } from '../sessions/sessions.rules.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { PasswordVerifier, type VerifiedPassword } from './password-verifier.js';

/** Verifies again the identity of a signed-in user. */
@Injectable()
export class ReauthenticationService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly passwordVerifier: PasswordVerifier,
    private readonly sessions: SessionsService,
    private readonly clock: Clock,
  ) {}

  /** Throws `password_incorrect`. Failures count towards the limits of logins. */
  async verifyPassword(actor: SessionActor, client: ClientInfo, password: string): Promise<VerifiedPassword> {
    const holder = await this.accounts.find(actor.userId);
    if (!holder) throw platformErrors.token_invalid();
    const attempt = { identifier: holder.email, holder, password, network: client.network };
    return this.passwordVerifier.verify(attempt, authErrors.password_incorrect);
  }

  /**
   * Runs `work` in a transaction that locks the account, if its password is still the verified one and the session has
   * not ended: a reset or a log-out that was faster wins. Throws `token_invalid`.
   */
  async runReauthenticated<T>(
    { userId, sessionId }: SessionActor,
    { password_hash: passwordHash }: VerifiedPassword,
    work: () => Promise<T>,
  ): Promise<T> {
    const outcome = await this.accounts.withLockedAccount(userId, passwordHash, async () => {
      await this.sessions.assertActive(sessionId);
      return { result: await work() };
    });
    if (!outcome) throw platformErrors.token_invalid();
    return outcome.result;
  }

  /** Throws `reauthentication_required` unless the login was recent. */
  assertRecentLogin(actor: SessionActor): void {
    if (!isRecent(actor.passwordAt, PASSWORD_MAX_AGE, this.clock.now()))
      throw authErrors.reauthentication_required();
  }

  /** Returns whether the session verified a second factor recently. */
  hasRecentStepUp(actor: SessionActor): boolean {
    return isRecent(actor.secondFactorAt, STEP_UP_MAX_AGE, this.clock.now());
  }
}
