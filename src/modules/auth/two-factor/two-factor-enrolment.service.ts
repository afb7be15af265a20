import { Injectable } from '@nestjs/common';
import type { SessionActor, Client } from '@/platform/access/actor.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { authErrors } from '../auth.errors.js';
import { Reauthentication } from '../passwords/reauthentication.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { CodeAttempts } from './codes/code-attempt-limiter.js';
import type { TwoFactorSetupRequest } from './dto/two-factor.requests.js';
import type { BackupCodesResponse, TwoFactorSetupResponse } from './dto/two-factor.responses.js';
import { EnrolmentService } from './pending-factors.service.js';
import { SecondFactors } from './second-factors.service.js';

/** Setting up a second factor while signed in. */
@Injectable()
export class TwoFactorSetup {
  constructor(
    private readonly factors: SecondFactors,
    private readonly enrolment: EnrolmentService,
    private readonly attempts: CodeAttempts,
    private readonly reauthentication: Reauthentication,
    private readonly sessions: SessionsService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Needs a fresh password; with a factor already on, a fresh step-up, and then it will be replaced. */
  async begin(
    actor: SessionActor,
    client: Client,
    { method, password }: TwoFactorSetupRequest,
  ): Promise<TwoFactorSetupResponse> {
    if (password !== undefined) await this.reauthentication.check(actor, client, password);
    else this.reauthentication.assertFresh(actor);
    const replaces = (await this.factors.find(actor.userId)) !== null;
    if (replaces && !this.reauthentication.steppedUp(actor)) throw authErrors.two_factor_already_enabled();
    return this.enrolment.begin({ holderId: actor.sessionId, userId: actor.userId, method, replaces });
  }

  /** Also counts as a step-up of this session; all others end. */
  async confirm(actor: SessionActor, code: string): Promise<BackupCodesResponse> {
    const pending = await this.enrolment.pending(actor.sessionId);
    const backupCodes = await this.attempts.guard(actor.userId, () =>
      this.unitOfWork.run(async () => {
        const proof = await this.enrolment.prove(pending, code);
        if (!proof) return null;
        const codes = await this.factors.enable(proof, actor.sessionId);
        await this.sessions.stepUp(actor.sessionId, pending.method);
        return codes;
      }),
    );
    return {
      backup_codes: backupCodes,
      message: 'Two-factor authentication is on. Keep the backup codes in a safe place.',
    };
  }
}
