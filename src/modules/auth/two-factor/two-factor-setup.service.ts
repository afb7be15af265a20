import { Injectable } from '@nestjs/common';
import type { SessionActor, ClientInfo } from '@/platform/access/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { authErrors } from '../auth.errors.js';
import { ReauthenticationService } from '../passwords/reauthentication.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { CodeAttemptLimiter } from './codes/code-attempt-limiter.js';
import type { TwoFactorSetupRequest } from './dto/two-factor.requests.js';
import type { BackupCodesResponse, TwoFactorSetupResponse } from './dto/two-factor.responses.js';
import { PendingFactorsService } from './pending-factors.service.js';
import { SecondFactorsService } from './second-factors.service.js';

/** Sets up the second factor of a signed-in user. */
@Injectable()
export class TwoFactorSetupService {
  constructor(
    private readonly secondFactors: SecondFactorsService,
    private readonly pendingFactors: PendingFactorsService,
    private readonly attemptLimiter: CodeAttemptLimiter,
    private readonly reauthentication: ReauthenticationService,
    private readonly sessions: SessionsService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Requires the password or a recent login. To replace an existing factor, also requires a recent step-up. */
  async start(
    actor: SessionActor,
    client: ClientInfo,
    { method, password }: TwoFactorSetupRequest,
  ): Promise<TwoFactorSetupResponse> {
    if (password !== undefined) await this.reauthentication.verifyPassword(actor, client, password);
    else this.reauthentication.assertRecentLogin(actor);
    const replaces = (await this.secondFactors.find(actor.userId)) !== null;
    if (replaces && !this.reauthentication.hasRecentStepUp(actor))
      throw authErrors.two_factor_already_enabled();
    return this.pendingFactors.start({ holderId: actor.sessionId, userId: actor.userId, method, replaces });
  }

  /** Enables the factor, ends all other sessions, and counts as a step-up of this one. */
  async confirm(actor: SessionActor, code: string): Promise<BackupCodesResponse> {
    const pending = await this.pendingFactors.get(actor.sessionId);
    const backupCodes = await this.attemptLimiter.attempt(actor.userId, () =>
      this.unitOfWork.run(async () => {
        const verifiedFactor = await this.pendingFactors.verify(pending, code);
        if (!verifiedFactor) return null;
        await this.pendingFactors.consume(pending);
        const codes = await this.secondFactors.enable(verifiedFactor, actor.sessionId);
        await this.sessions.recordStepUp(actor.sessionId, pending.method);
        return codes;
      }),
    );
    return {
      backup_codes: backupCodes,
      message: 'Two-factor authentication is on. Keep the backup codes in a safe place.',
    };
  }
}
