import { Injectable } from '@nestjs/common';
import { Clock } from '@/platform/kernel/clock.js';
import { authErrors } from '../auth.errors.js';
import { AuthMailer } from '../mail/auth-mailer.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { CodeCryptoService } from './codes/code-crypto.service.js';
import { formatBackupCode } from './codes/code.rules.js';
import type { SecondFactor } from './codes/persistence/second-factor.entity.js';
import { SecondFactorRepository } from './codes/persistence/second-factor.repository.js';
import type { VerifiedPendingFactor } from './pending-factors.service.js';
import { LoginChallengeRepository } from './persistence/login-challenge.repository.js';

/** Enables and disables second factors. Runs in the caller's transaction. */
@Injectable()
export class SecondFactorsService {
  constructor(
    private readonly factors: SecondFactorRepository,
    private readonly challenges: LoginChallengeRepository,
    private readonly sessions: SessionsService,
    private readonly codeCrypto: CodeCryptoService,
    private readonly mailer: AuthMailer,
    private readonly clock: Clock,
  ) {}

  find(userId: string): Promise<SecondFactor | null> {
    return this.factors.find(userId);
  }

  /** Returns the confirmed factor. Throws `two_factor_not_enabled`. */
  async getEnabled(userId: string): Promise<SecondFactor> {
    const factor = await this.factors.find(userId);
    if (!factor) throw authErrors.two_factor_not_enabled();
    return factor;
  }

  /**
   * Enables a confirmed factor, which the caller has consumed, and returns its backup codes. Ends all sessions except
   * `keptSessionId` and all pending logins. Throws `two_factor_already_enabled`.
   */
  async enable(
    { pending, timeStep }: VerifiedPendingFactor,
    keptSessionId: string | null,
  ): Promise<string[]> {
    const { user_id, method, secret, replaces } = pending;
    const now = this.clock.now();
    const factor = { user_id, method, secret, last_step: timeStep, created_at: now };
    const enabled = replaces ? await this.factors.replace(factor) : await this.factors.enable(factor);
    if (!enabled) throw authErrors.two_factor_already_enabled();
    const codes = await this.replaceBackupCodes(user_id);
    await this.endOtherSessionsAndLogins(user_id, keptSessionId);
    await this.mailer.sendNotice(user_id, 'two_factor_enabled');
    return codes;
  }

  async disable(userId: string, keptSessionId: string): Promise<void> {
    if (!(await this.factors.disable(userId))) throw authErrors.two_factor_not_enabled();
    await this.endOtherSessionsAndLogins(userId, keptSessionId);
    await this.mailer.sendNotice(userId, 'two_factor_disabled');
  }

  /** Removes the factor of a user who lost it, and ends all sessions. */
  async reset(userId: string): Promise<void> {
    if (!(await this.factors.disable(userId))) throw authErrors.two_factor_not_enabled();
    await this.endOtherSessionsAndLogins(userId, null);
    await this.mailer.sendNotice(userId, 'two_factor_reset');
  }

  async regenerateBackupCodes(userId: string, keptSessionId: string): Promise<string[]> {
    const codes = await this.replaceBackupCodes(userId);
    await this.endOtherSessionsAndLogins(userId, keptSessionId);
    await this.mailer.sendNotice(userId, 'backup_codes_replaced');
    return codes;
  }

  private async replaceBackupCodes(userId: string): Promise<string[]> {
    const { plain, hashes } = this.codeCrypto.createBackupCodes(userId);
    await this.factors.replaceBackupCodes(userId, hashes, this.clock.now());
    return plain.map(formatBackupCode);
  }

  /** Ends the other sessions and the pending logins, which were authenticated under the old factor. */
  private async endOtherSessionsAndLogins(userId: string, keptSessionId: string | null): Promise<void> {
    await this.sessions.endAll(userId, 'two_factor_changed', keptSessionId);
    await this.challenges.endAll(userId, this.clock.now());
  }
}
