import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import type { SessionActor, ClientInfo } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { authErrors } from '../auth.errors.js';
import { isRecent, PASSWORD_MAX_AGE, STEP_UP_MAX_AGE } from '../sessions/sessions.rules.js';
import { PasswordVerifier } from './password-verifier.js';

/** Verifies again the identity of a signed-in user. */
@Injectable()
export class ReauthenticationService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly passwordVerifier: PasswordVerifier,
    private readonly clock: Clock,
  ) {}

  /** Throws `password_incorrect`. Failures count towards the limits of logins. */
  async verifyPassword(actor: SessionActor, client: ClientInfo, password: string): Promise<void> {
    const holder = await this.accounts.find(actor.userId);
    if (!holder) throw platformErrors.token_invalid();
    const attempt = { identifier: holder.email, holder, password, network: client.network };
    await this.passwordVerifier.verify(attempt, authErrors.password_incorrect);
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
