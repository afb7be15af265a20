import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '@/platform/access/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { authErrors } from '../auth.errors.js';
import type { Session } from '../sessions/persistence/session.entity.js';
import { CodeAttemptLimiter } from '../two-factor/codes/code-attempt-limiter.js';
import type { TwoFactorMethod } from '../two-factor/codes/persistence/second-factor.entity.js';
import type { TwoFactorSetupResponse } from '../two-factor/dto/two-factor.responses.js';
import { LoginChallengesService } from '../two-factor/login-challenges.service.js';
import { PendingFactorsService } from '../two-factor/pending-factors.service.js';
import { SecondFactorsService } from '../two-factor/second-factors.service.js';
import { LoginCompletionService } from './login-completion.service.js';

export interface TwoFactorSetupLoginResult {
  session: Session;
  backupCodes: string[];
}

/** The second step of a login when an organization requires a second factor and the user has none yet. */
@Injectable()
export class TwoFactorSetupLoginService {
  constructor(
    private readonly loginChallenges: LoginChallengesService,
    private readonly pendingFactors: PendingFactorsService,
    private readonly attemptLimiter: CodeAttemptLimiter,
    private readonly secondFactors: SecondFactorsService,
    private readonly loginCompletion: LoginCompletionService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Starts the setup of a factor; the challenge of the login holds it. Throws `token_invalid`. */
  async start(tempToken: string, method: TwoFactorMethod): Promise<TwoFactorSetupResponse> {
    const { id: holderId, user_id: userId } = await this.loginChallenges.getByToken(tempToken, 'setup');
    return this.pendingFactors.start({ holderId, userId, method, replaces: false });
  }

  /** Sends another code for a setup with e-mail codes. Throws `two_factor_setup_missing`, `two_factor_method_mismatch`. */
  async resendCode(tempToken: string): Promise<void> {
    const challenge = await this.loginChallenges.getByToken(tempToken, 'setup');
    const pending = await this.pendingFactors.get(challenge.id);
    if (pending.method !== 'email') throw authErrors.two_factor_method_mismatch();
    await this.pendingFactors.replaceEmailCode(pending, await this.loginChallenges.resendCode(challenge));
  }

  /** Enables the factor and opens the session in one transaction. Throws `two_factor_code_invalid`. */
  async confirm(tempToken: string, code: string, client: ClientInfo): Promise<TwoFactorSetupLoginResult> {
    const challenge = await this.loginChallenges.getByToken(tempToken, 'setup');
    const { user_id: userId, created_at: passwordAt } = challenge;
    const pending = await this.pendingFactors.get(challenge.id);
    return this.attemptLimiter.attempt(userId, () =>
      this.unitOfWork.run(async () => {
        const verifiedFactor = await this.pendingFactors.verify(pending, code);
        if (!verifiedFactor) return null;
        await this.loginChallenges.finish(challenge);
        await this.pendingFactors.consume(pending);
        const backupCodes = await this.secondFactors.enable(verifiedFactor, null);
        const newSession = { userId, client, refreshable: false, passwordAt, secondFactor: pending.method };
        return { session: await this.loginCompletion.complete(newSession), backupCodes };
      }),
    );
  }
}
