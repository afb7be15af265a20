import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import type { SessionActor } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { EmailCodePurpose } from '../mail/email-code-purpose.js';
import type { UsedSecondFactor } from '../sessions/persistence/session.entity.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { CodeAttemptLimiter } from './codes/code-attempt-limiter.js';
import { CodeVerifier } from './codes/code-verifier.js';
import { SecondFactorsService } from './second-factors.service.js';

/** Verifies and consumes a second-factor code of a signed-in user: to step up the session, or for one action. */
@Injectable()
export class StepUpService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly secondFactors: SecondFactorsService,
    private readonly codeVerifier: CodeVerifier,
    private readonly attemptLimiter: CodeAttemptLimiter,
    private readonly sessions: SessionsService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async hasSecondFactor(actor: SessionActor): Promise<boolean> {
    return (await this.secondFactors.find(actor.userId)) !== null;
  }

  /** Records in the session that the second factor was verified; all access tokens of the session profit. */
  async stepUp(actor: SessionActor, code: string): Promise<void> {
    await this.runWithCode(actor, code, 'step_up', (used) =>
      this.sessions.recordStepUp(actor.sessionId, used),
    );
  }

  /** Consumes `code` and runs `action` in one transaction, which begins with `lockFirst`. Throws `two_factor_code_invalid`. */
  async runWithCode<T>(
    actor: SessionActor,
    code: string,
    purpose: EmailCodePurpose,
    action: (used: UsedSecondFactor) => Promise<T>,
    lockFirst: () => Promise<void> = () => Promise.resolve(),
  ): Promise<T> {
    const factor = await this.secondFactors.getEnabled(actor.userId);
    const emailCodeId = await this.codeVerifier.findEmailCodeId(factor, purpose);
    const outcome = await this.attemptLimiter.attempt(actor.userId, () =>
      this.unitOfWork.run(async () => {
        await lockFirst();
        const used = await this.codeVerifier.consume(factor, code, emailCodeId);
        if (!used) return this.refuse(actor);
        return { result: await action(used) };
      }),
    );
    return outcome.result;
  }

  /** Returns null for a wrong code. The codes of an account that was erased during the request are gone, not wrong. */
  private async refuse({ userId }: SessionActor): Promise<null> {
    if (!(await this.accounts.find(userId))) throw platformErrors.token_invalid();
    return null;
  }
}
