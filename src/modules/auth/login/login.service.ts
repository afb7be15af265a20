import { Injectable } from '@nestjs/common';
import type { Client } from '../../../platform/http/actor.js';
import { AccountsService } from '../../users/index.js';
import { BelongingService } from '../../organizations/index.js';
import { authErrors } from '../auth.errors.js';
import { PasswordCheck } from '../passwords/password-check.js';
import type { Session } from '../sessions/persistence/session.entity.js';
import type { Method } from '../two-factor/persistence/second-factor.entity.js';
import { SecondFactors } from '../two-factor/second-factors.service.js';
import { ChallengesService } from './challenges.service.js';
import { Logins, replacementRequired } from './logins.js';

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
    const { id } = await this.passwords.verify(guess, authErrors.credentials_invalid);
    if (!user?.is_active) throw authErrors.account_disabled();
    const factor = await this.factors.find(id);
    if (factor)
      return { method: factor.method, tempToken: await this.challenges.begin(id, 'verify', factor.method) };
    const replacement = user.must_change_password && (await this.logins.replacementDue(id));
    if (replacement) throw replacementRequired(replacement);
    if ((await this.belonging.demandsSecondFactor(id)).at_login) {
      return { method: null, tempToken: await this.challenges.begin(id, 'setup', null) };
    }
    return { session: await this.logins.open({ userId: id, client, refreshable }) };
  }
}
