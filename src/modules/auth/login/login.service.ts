import { Injectable } from '@nestjs/common';
import { BelongingService } from '@/modules/organizations/index.js';
import { AccountsService } from '@/modules/users/index.js';
import type { Client } from '@/platform/access/actor.js';
import { authErrors } from '../auth.errors.js';
import { PasswordCheck } from '../passwords/password-verifier.js';
import type { Session } from '../sessions/persistence/session.entity.js';
import type { Method } from '../two-factor/codes/persistence/second-factor.entity.js';
import { ChallengesService } from '../two-factor/login-challenges.service.js';
import { SecondFactors } from '../two-factor/second-factors.service.js';
import { Logins, type PasswordReplacement, replacementRequired } from './session-opener.js';

export interface PasswordLogin {
  /** E-mail address or username. */
  identifier: string;
  password: string;
  client: Client;
  refreshable: boolean;
}

/** What a right password leads to: a session, or a challenge (`method` null: a factor must be set up first). */
export type LoginOutcome = { session: Session } | { method: Method | null; tempToken: string };

/** The first step of every login, on both faces. */
@Injectable()
export class LoginService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly passwords: PasswordCheck,
    private readonly factors: SecondFactors,
    private readonly belonging: BelongingService,
    private readonly challenges: ChallengesService,
    private readonly logins: Logins,
  ) {}

  async withPassword({ identifier, password, client, refreshable }: PasswordLogin): Promise<LoginOutcome> {
    const user = await this.accounts.credentials(identifier);
    const guess = { identifier, holder: user, password, network: client.network };
    const { id, password_hash } = await this.passwords.verify(guess, authErrors.credentials_invalid);
    if (!user?.is_active) throw authErrors.account_disabled();
    const go = (): Promise<LoginOutcome | PasswordReplacement> => this.next(id, { client, refreshable });
    // The password took a while to compare. What it leads to is decided while the account stays as it was compared.
    const outcome = await this.accounts.holding(id, password_hash, go);
    if (!outcome) throw authErrors.credentials_invalid();
    if ('resetToken' in outcome) throw replacementRequired(outcome);
    return outcome;
  }

  private async next(
    userId: string,
    opening: Pick<PasswordLogin, 'client' | 'refreshable'>,
  ): Promise<LoginOutcome | PasswordReplacement> {
    const factor = await this.factors.find(userId);
    if (factor) {
      const tempToken = await this.challenges.begin(userId, 'verify', factor.method);
      return { method: factor.method, tempToken };
    }
    const replacement = await this.logins.replacementDue(userId);
    if (replacement) return replacement;
    if ((await this.belonging.demandsSecondFactor(userId)).at_login)
      return { method: null, tempToken: await this.challenges.begin(userId, 'setup', null) };
    return { session: await this.logins.open({ userId, ...opening }) };
  }
}
