import { Injectable } from '@nestjs/common';
import { UserOrganizationsService } from '@/modules/organizations/index.js';
import type { SessionActor } from '@/platform/access/index.js';
import { authErrors } from '../auth.errors.js';
import type { EmailCodePurpose } from '../mail/email-code-purpose.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { CodeConfirmationService } from './code-confirmation.service.js';
import { EmailCodesService } from './codes/email-codes.service.js';
import type { BackupCodesResponse } from './dto/two-factor.responses.js';
import { SecondFactorsService } from './second-factors.service.js';

/** Lets a signed-in user use the second factor: turn it off, replace backup codes, step up the session. */
@Injectable()
export class TwoFactorManagementService {
  constructor(
    private readonly secondFactors: SecondFactorsService,
    private readonly stepUpService: CodeConfirmationService,
    private readonly emailCodes: EmailCodesService,
    private readonly userOrganizations: UserOrganizationsService,
    private readonly sessions: SessionsService,
  ) {}

  /** Throws `two_factor_enforced` if an organization of the user requires a second factor. */
  async disable(actor: SessionActor, code: string): Promise<void> {
    await this.secondFactors.getEnabled(actor.userId);
    await this.assertNotEnforced(actor);
    await this.stepUpService.runWithCode(actor, code, 'disable', () =>
      this.secondFactors.disable(actor.userId, actor.sessionId),
    );
  }

  async regenerateBackupCodes(actor: SessionActor, code: string): Promise<BackupCodesResponse> {
    const regenerate = (): Promise<string[]> =>
      this.secondFactors.regenerateBackupCodes(actor.userId, actor.sessionId);
    const codes = await this.stepUpService.runWithCode(actor, code, 'step_up', regenerate);
    return { backup_codes: codes, message: 'The old backup codes no longer work.' };
  }

  /** Records in the session that the second factor was verified; all access tokens of the session profit. */
  async stepUp(actor: SessionActor, code: string): Promise<void> {
    await this.stepUpService.runWithCode(actor, code, 'step_up', (used) =>
      this.sessions.recordStepUp(actor.sessionId, used),
    );
  }

  async isEnabled(actor: SessionActor): Promise<boolean> {
    return (await this.secondFactors.find(actor.userId)) !== null;
  }

  /** Runs `action` after consuming a code, in one transaction. `lockFirst` runs before the code is consumed. */
  runWithCode<T>(
    actor: SessionActor,
    code: string,
    action: () => Promise<T>,
    lockFirst: () => Promise<void>,
  ): Promise<T> {
    return this.stepUpService.runWithCode(actor, code, 'step_up', action, lockFirst);
  }

  /** Sends a code to a user with e-mail codes; returns false if one was sent within the last minute. Throws `two_factor_method_mismatch` for other users. */
  async sendCode(actor: SessionActor, purpose: EmailCodePurpose): Promise<boolean> {
    const factor = await this.secondFactors.getEnabled(actor.userId);
    if (factor.method !== 'email') throw authErrors.two_factor_method_mismatch();
    if (purpose === 'disable') await this.assertNotEnforced(actor);
    return (await this.emailCodes.sendUnlessRecent(actor.userId, purpose)).sent;
  }

  private async assertNotEnforced(actor: SessionActor): Promise<void> {
    const requirement = await this.userOrganizations.findSecondFactorRequirement(actor.userId);
    if (requirement.anywhere) throw authErrors.two_factor_enforced();
  }
}
