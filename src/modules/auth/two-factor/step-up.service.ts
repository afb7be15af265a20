import { Injectable } from '@nestjs/common';
import type { SessionActor } from '@/platform/access/actor.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { FactorUsed } from '../sessions/persistence/session.entity.js';
import { CodeAttempts } from './codes/code-attempt-limiter.js';
import { Codes } from './codes/code-verifier.js';
import { EmailCodes } from './codes/email-codes.service.js';
import type { CodePurpose } from './codes/persistence/email-code.entity.js';
import { SecondFactors } from './second-factors.service.js';

/** Lets a signed-in person do something at the price of a code. */
@Injectable()
export class CodeGate {
  constructor(
    private readonly factors: SecondFactors,
    private readonly codes: Codes,
    private readonly emailCodes: EmailCodes,
    private readonly attempts: CodeAttempts,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Spends `code` and runs `act` in one unit of work: both happen or neither. */
  async pass<T>(
    actor: SessionActor,
    code: string,
    purpose: CodePurpose,
    act: (used: FactorUsed) => Promise<T>,
  ): Promise<T> {
    const factor = await this.factors.require(actor.userId);
    const mailed =
      factor.method === 'email' ? await this.emailCodes.latest(actor.userId, purpose) : undefined;
    const done = await this.attempts.guard(actor.userId, () =>
      this.unitOfWork.run(async () => {
        const used = await this.codes.spend(factor, code, mailed?.id ?? null);
        return used && { result: await act(used) };
      }),
    );
    return done.result;
  }
}
