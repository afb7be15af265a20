import { Injectable } from '@nestjs/common';
import { UserOrganizationsService } from '@/modules/organizations/index.js';
import type { SessionActor } from '@/platform/access/index.js';
import { authErrors } from '../auth.errors.js';
import type { EmailCodePurpose } from '../mail/email-code-purpose.js';
import { EmailCodesService } from './codes/email-codes.service.js';
import type { BackupCodesResponse } from './dto/two-factor.responses.js';
import { SecondFactorsService } from './second-factors.service.js';
import { StepUpService } from './step-up.service.js';

/** Lets a signed-in user turn the second factor off, replace the backup codes and have a code sent. */
@Injectable()
export class TwoFactorManagementService {
  constructor(
    private readonly secondFactors: SecondFactorsService,
    private readonly stepUp: StepUpService,
    private readonly emailCodes: EmailCodesService,
    private readonly userOrganizations: UserOrganizationsService,
  ) {}

  /** Throws `two_factor_enforced` if an organization of the user requires a second factor. */
  async disable(actor: SessionActor, code: string): Promise<void> {
    await this.secondFactors.getEnabled(actor.userId);
    await this.assertNotEnforced(actor);
    await this.stepUp.runWithCode(actor, code, 'disable', () =>
      this.secondFactors.disable(actor.userId, actor.sessionId),
    );
  }

  async regenerateBackupCodes(actor: SessionActor, code: string): Promise<BackupCodesResponse> {
    const regenerate = (): Promise<string[]> =>
      this.secondFactors.regenerateBackupCodes(actor.userId, actor.sessionId);
    const codes = await this.stepUp.runWithCode(actor, code, 'step_up', regenerate);
    return { backup_codes: codes, message: 'The old backup codes no longer work.' };
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
