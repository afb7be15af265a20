import { Injectable } from '@nestjs/common';
import { UserOrganizationsService } from '@/modules/organizations/index.js';
import { AccountsService } from '@/modules/users/index.js';
import type { ClientInfo } from '@/platform/access/index.js';
import { authErrors } from '../auth.errors.js';
import { PasswordVerifier } from '../passwords/password-verifier.js';
import type { Session } from '../sessions/persistence/session.entity.js';
import type { TwoFactorMethod } from '../two-factor/codes/persistence/second-factor.entity.js';
import { LoginChallengesService } from '../two-factor/login-challenges.service.js';
import { SecondFactorsService } from '../two-factor/second-factors.service.js';
import {
  LoginCompletionService,
  type RequiredPasswordChange,
  passwordChangeRequiredError,
} from './login-completion.service.js';

export interface PasswordLoginInput {
  /** E-mail address or username. */
  identifier: string;
  password: string;
  client: ClientInfo;
  refreshable: boolean;
}

/** The result of a correct password: a session, or a challenge (`method` null: a factor must be set up first). */
export type LoginResult = { session: Session } | { method: TwoFactorMethod | null; tempToken: string };

/** The first step of every login, in both APIs: the password. */
@Injectable()
export class PasswordLoginService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly passwordVerifier: PasswordVerifier,
    private readonly secondFactors: SecondFactorsService,
    private readonly userOrganizations: UserOrganizationsService,
    private readonly loginChallenges: LoginChallengesService,
    private readonly loginCompletion: LoginCompletionService,
  ) {}

  /** Throws `credentials_invalid`, `account_disabled` or `password_change_required`. */
  async login({ identifier, password, client, refreshable }: PasswordLoginInput): Promise<LoginResult> {
    const user = await this.accounts.findCredentials(identifier);
    const attempt = { identifier, holder: user, password, network: client.network };
    const { id, password_hash } = await this.passwordVerifier.verify(attempt, authErrors.credentials_invalid);
    if (!user?.is_active) throw authErrors.account_disabled();
    const continueLogin = (): Promise<LoginResult | RequiredPasswordChange> =>
      this.continueAfterPassword(id, { client, refreshable });
    // The comparison is slow: the account may have changed. The login continues only if the hash is still the same.
    const result = await this.accounts.withLockedAccount(id, password_hash, continueLogin);
    if (!result) throw authErrors.credentials_invalid();
    if ('resetToken' in result) throw passwordChangeRequiredError(result);
    return result;
  }

  private async continueAfterPassword(
    userId: string,
    options: Pick<PasswordLoginInput, 'client' | 'refreshable'>,
  ): Promise<LoginResult | RequiredPasswordChange> {
    const factor = await this.secondFactors.find(userId);
    if (factor) {
      const tempToken = await this.loginChallenges.create(userId, 'verify', factor.method);
      return { method: factor.method, tempToken };
    }
    const requiredPasswordChange = await this.loginCompletion.issueRequiredPasswordChange(userId);
    if (requiredPasswordChange) return requiredPasswordChange;
    if ((await this.userOrganizations.findSecondFactorRequirement(userId)).at_login)
      return { method: null, tempToken: await this.loginChallenges.create(userId, 'setup', null) };
    return { session: await this.loginCompletion.complete({ userId, ...options }) };
  }
}
