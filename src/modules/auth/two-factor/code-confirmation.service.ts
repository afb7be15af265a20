import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import type { SessionActor } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { EmailCodePurpose } from '../mail/email-code-purpose.js';
import type { UsedSecondFactor } from '../sessions/persistence/session.entity.js';
import { CodeAttemptLimiter } from './codes/code-attempt-limiter.js';
import { CodeVerifier } from './codes/code-verifier.js';
import { EmailCodesService } from './codes/email-codes.service.js';
import { SecondFactorsService } from './second-factors.service.js';

/** Runs an action of a signed-in user after verifying and consuming a second-factor code. */
@Injectable()
export class CodeConfirmationService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly secondFactors: SecondFactorsService,
    private readonly codeVerifier: CodeVerifier,
    private readonly emailCodes: EmailCodesService,
    private readonly attemptLimiter: CodeAttemptLimiter,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Consumes `code` and runs `action` in one transaction, which begins with `lockFirst`. Throws `two_factor_code_invalid`. */
  async runWithCode<T>(
    actor: SessionActor,
    code: string,
    purpose: EmailCodePurpose,
    action: (used: UsedSecondFactor) => Promise<T>,
    lockFirst: () => Promise<void> = () => Promise.resolve(),
  ): Promise<T> {
    const factor = await this.secondFactors.getEnabled(actor.userId);
    const emailCode =
      factor.method === 'email' ? await this.emailCodes.findLatest(actor.userId, purpose) : undefined;
    const outcome = await this.attemptLimiter.attempt(actor.userId, () =>
      this.unitOfWork.run(async () => {
        await lockFirst();
        const used = await this.codeVerifier.consume(factor, code, emailCode?.id ?? null);
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
