import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import type { SessionActor, Client } from '@/platform/access/actor.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { authErrors } from '../auth.errors.js';
import { isFresh, PASSWORD_FRESH, STEP_UP_FRESH } from '../sessions/sessions.rules.js';
import { PasswordCheck } from './password-verifier.js';

/** Asks a signed-in person to prove again who they are. */
@Injectable()
export class Reauthentication {
  constructor(
    private readonly accounts: AccountsService,
    private readonly passwords: PasswordCheck,
    private readonly clock: Clock,
  ) {}

  /** Throws `password_incorrect`; counted by the login lock. */
  async check(actor: SessionActor, client: Client, password: string): Promise<void> {
    const holder = await this.accounts.find(actor.userId);
    if (!holder) throw platformErrors.token_invalid();
    const guess = { identifier: holder.email, holder, password, network: client.network };
    await this.passwords.verify(guess, authErrors.password_incorrect);
  }

  /** Throws `reauthentication_required` when the login was a while ago. */
  assertFresh(actor: SessionActor): void {
    if (!isFresh(actor.passwordAt, PASSWORD_FRESH, this.clock.now()))
      throw authErrors.reauthentication_required();
  }

  /** Whether this session proved a second factor just now. */
  steppedUp(actor: SessionActor): boolean {
    return isFresh(actor.secondFactorAt, STEP_UP_FRESH, this.clock.now());
  }
}
