import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import type { SessionActor, ClientInfo } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { authErrors } from '../auth.errors.js';
import { isRecent, PASSWORD_MAX_AGE, STEP_UP_MAX_AGE } from '../sessions/sessions.rules.js';
import { PasswordVerifier } from './password-verifier.js';

/** Asks a signed-in person to prove again who they are. */
@Injectable()
export class ReauthenticationService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly passwordVerifier: PasswordVerifier,
    private readonly clock: Clock,
  ) {}

  /** Throws `password_incorrect`; counted by the login lock. */
  async verifyPassword(actor: SessionActor, client: ClientInfo, password: string): Promise<void> {
    const holder = await this.accounts.find(actor.userId);
    if (!holder) throw platformErrors.token_invalid();
    const attempt = { identifier: holder.email, holder, password, network: client.network };
    await this.passwordVerifier.verify(attempt, authErrors.password_incorrect);
  }

  /** Throws `reauthentication_required` when the login was a while ago. */
  assertRecentLogin(actor: SessionActor): void {
    if (!isRecent(actor.passwordAt, PASSWORD_MAX_AGE, this.clock.now()))
      throw authErrors.reauthentication_required();
  }

  /** Whether this session proved a second factor just now. */
  hasRecentStepUp(actor: SessionActor): boolean {
    return isRecent(actor.secondFactorAt, STEP_UP_MAX_AGE, this.clock.now());
  }
}
