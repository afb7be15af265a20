import { Injectable } from '@nestjs/common';
import { BelongingService } from '@/modules/organizations/index.js';
import type { SessionActor } from '@/platform/access/actor.js';
import { authErrors } from '../auth.errors.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { EmailCodes } from './codes/email-codes.service.js';
import type { CodePurpose } from './codes/persistence/email-code.entity.js';
import type { BackupCodesResponse } from './dto/two-factor.responses.js';
import { SecondFactors } from './second-factors.service.js';
import { CodeGate } from './step-up.service.js';

/** Using one's second factor while signed in: to switch it off, to renew backup codes, to step up. */
@Injectable()
export class TwoFactorUse {
  constructor(
    private readonly factors: SecondFactors,
    private readonly codes: CodeGate,
    private readonly emailCodes: EmailCodes,
    private readonly belonging: BelongingService,
    private readonly sessions: SessionsService,
  ) {}

  async disable(actor: SessionActor, code: string): Promise<void> {
    await this.factors.require(actor.userId);
    await this.assertNotEnforced(actor);
    await this.codes.pass(actor, code, 'disable', () => this.factors.disable(actor.userId, actor.sessionId));
  }

  async regenerateBackupCodes(actor: SessionActor, code: string): Promise<BackupCodesResponse> {
    const renew = (): Promise<string[]> => this.factors.regenerateBackupCodes(actor.userId, actor.sessionId);
    const codes = await this.codes.pass(actor, code, 'step_up', renew);
    return { backup_codes: codes, message: 'The old backup codes no longer work.' };
  }

  /** Lifts the session, and with it every token of it. */
  async stepUp(actor: SessionActor, code: string): Promise<void> {
    await this.codes.pass(actor, code, 'step_up', (used) => this.sessions.stepUp(actor.sessionId, used));
  }

  async isOn(actor: SessionActor): Promise<boolean> {
    return (await this.factors.find(actor.userId)) !== null;
  }

  /** Runs `act` at the price of a code, in one unit of work. */
  withCode<T>(actor: SessionActor, code: string, act: () => Promise<T>): Promise<T> {
    return this.codes.pass(actor, code, 'step_up', act);
  }

  /** Mails a code for one of these to a person who gets their codes by mail. */
  async sendCode(actor: SessionActor, purpose: CodePurpose): Promise<void> {
    const factor = await this.factors.require(actor.userId);
    if (factor.method !== 'email') throw authErrors.two_factor_method_mismatch();
    if (purpose === 'disable') await this.assertNotEnforced(actor);
    await this.emailCodes.send(actor.userId, purpose);
  }

  private async assertNotEnforced(actor: SessionActor): Promise<void> {
    const demands = await this.belonging.demandsSecondFactor(actor.userId);
    if (demands.anywhere) throw authErrors.two_factor_enforced();
  }
}
