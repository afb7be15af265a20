import { Injectable } from '@nestjs/common';
import type { Client } from '@/platform/access/actor.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { Session } from '../sessions/persistence/session.entity.js';
import { CodeAttempts } from '../two-factor/codes/code-attempt-limiter.js';
import type { Method } from '../two-factor/codes/persistence/second-factor.entity.js';
import type { TwoFactorSetupResponse } from '../two-factor/dto/two-factor.responses.js';
import { ChallengesService } from '../two-factor/login-challenges.service.js';
import { EnrolmentService } from '../two-factor/pending-factors.service.js';
import { SecondFactors } from '../two-factor/second-factors.service.js';
import { Logins } from './session-opener.js';

export interface SetupLogin {
  session: Session;
  backupCodes: string[];
}

/** The second step of a login whose organization demands a factor the person does not have yet. */
@Injectable()
export class SetupStepService {
  constructor(
    private readonly challenges: ChallengesService,
    private readonly enrolment: EnrolmentService,
    private readonly attempts: CodeAttempts,
    private readonly factors: SecondFactors,
    private readonly logins: Logins,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async begin(tempToken: string, method: Method): Promise<TwoFactorSetupResponse> {
    const { id: holderId, user_id: userId } = await this.challenges.read(tempToken, 'setup');
    return this.enrolment.begin({ holderId, userId, method, replaces: false });
  }

  async confirm(tempToken: string, code: string, client: Client): Promise<SetupLogin> {
    const challenge = await this.challenges.read(tempToken, 'setup');
    const { user_id: userId, created_at: passwordAt } = challenge;
    const pending = await this.enrolment.pending(challenge.id);
    return this.attempts.guard(userId, () =>
      this.unitOfWork.run(async () => {
        const proof = await this.enrolment.prove(pending, code);
        if (!proof) return null;
        await this.challenges.finish(challenge);
        const backupCodes = await this.factors.enable(proof, null);
        const opening = { userId, client, refreshable: false, passwordAt, secondFactor: pending.method };
        return { session: await this.logins.open(opening), backupCodes };
      }),
    );
  }
}
