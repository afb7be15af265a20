import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '@/platform/access/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { authErrors } from '../auth.errors.js';
import type { Session } from '../sessions/persistence/session.entity.js';
import { CodeAttemptLimiter } from '../two-factor/codes/code-attempt-limiter.js';
import { CodeVerifier } from '../two-factor/codes/code-verifier.js';
import { LoginChallengesService } from '../two-factor/login-challenges.service.js';
import { SecondFactorsService } from '../two-factor/second-factors.service.js';
import { LoginCompletionService, passwordChangeRequiredError } from './login-completion.service.js';

export interface SecondFactorLoginInput {
  tempToken: string;
  code: string;
  client: ClientInfo;
  refreshable: boolean;
}

/** The second step of a login: a code. One transaction consumes the code and the challenge and opens the session. */
@Injectable()
export class SecondFactorLoginService {
  constructor(
    private readonly loginChallenges: LoginChallengesService,
    private readonly attemptLimiter: CodeAttemptLimiter,
    private readonly codeVerifier: CodeVerifier,
    private readonly secondFactors: SecondFactorsService,
    private readonly loginCompletion: LoginCompletionService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Throws `token_invalid`, `two_factor_code_invalid` or `password_change_required`. */
  async verify({ tempToken, code, client, refreshable }: SecondFactorLoginInput): Promise<Session> {
    const challenge = await this.loginChallenges.getByToken(tempToken, 'verify');
    const { user_id: userId, created_at: passwordAt } = challenge;
    const result = await this.attemptLimiter.attempt(userId, () =>
      this.unitOfWork.run(async () => {
        const factor = await this.secondFactors.getEnabled(userId);
        const secondFactor = await this.codeVerifier.consume(factor, code, challenge.email_code_id);
        if (!secondFactor) return null;
        await this.loginChallenges.finish(challenge);
        const newSession = { userId, client, refreshable, passwordAt, secondFactor };
        return (
          (await this.loginCompletion.issueRequiredPasswordChange(userId)) ??
          this.loginCompletion.complete(newSession)
        );
      }),
    );
    if ('resetToken' in result) throw passwordChangeRequiredError(result);
    return result;
  }

  /** Sends another code for a login with e-mail codes. */
  async resendCode(tempToken: string): Promise<void> {
    const challenge = await this.loginChallenges.getByToken(tempToken, 'verify');
    const factor = await this.secondFactors.getEnabled(challenge.user_id);
    if (factor.method !== 'email') throw authErrors.two_factor_method_mismatch();
    await this.loginChallenges.resendCode(challenge);
  }
}
