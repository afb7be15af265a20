import { Injectable } from '@nestjs/common';
import type { Client } from '@/platform/access/actor.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { authErrors } from '../auth.errors.js';
import type { Session } from '../sessions/persistence/session.entity.js';
import { CodeAttempts } from '../two-factor/codes/code-attempt-limiter.js';
import { Codes } from '../two-factor/codes/code-verifier.js';
import { ChallengesService } from '../two-factor/login-challenges.service.js';
import { SecondFactors } from '../two-factor/second-factors.service.js';
import { Logins, replacementRequired } from './session-opener.js';

export interface SecondStep {
  tempToken: string;
  code: string;
  client: Client;
  refreshable: boolean;
}

/** The second step of a login: the code. The code, the challenge and the session go together or not at all. */
@Injectable()
export class SecondStepService {
  constructor(
    private readonly challenges: ChallengesService,
    private readonly attempts: CodeAttempts,
    private readonly codes: Codes,
    private readonly factors: SecondFactors,
    private readonly logins: Logins,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async verify({ tempToken, code, client, refreshable }: SecondStep): Promise<Session> {
    const challenge = await this.challenges.read(tempToken, 'verify');
    const { user_id: userId, created_at: passwordAt } = challenge;
    const outcome = await this.attempts.guard(userId, () =>
      this.unitOfWork.run(async () => {
        const factor = await this.factors.require(userId);
        const secondFactor = await this.codes.spend(factor, code, challenge.email_code_id);
        if (!secondFactor) return null;
        await this.challenges.finish(challenge);
        const opening = { userId, client, refreshable, passwordAt, secondFactor };
        return (await this.logins.replacementDue(userId)) ?? this.logins.open(opening);
      }),
    );
    if ('resetToken' in outcome) throw replacementRequired(outcome);
    return outcome;
  }

  async resend(tempToken: string): Promise<void> {
    const challenge = await this.challenges.read(tempToken, 'verify');
    const factor = await this.factors.require(challenge.user_id);
    if (factor.method !== 'email') throw authErrors.two_factor_method_mismatch();
    await this.challenges.resend(challenge);
  }
}
