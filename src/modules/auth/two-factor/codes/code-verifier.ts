import { Injectable } from '@nestjs/common';
import type { FactorUsed } from '@/modules/auth/sessions/persistence/session.entity.js';
import { Clock } from '@/platform/kernel/clock.js';
import { CodeSecrets } from './code-hasher.js';
import { isOneTimeCode, normalizeBackupCode } from './code.rules.js';
import { EmailCodes } from './email-codes.service.js';
import type { SecondFactor } from './persistence/second-factor.entity.js';
import { SecondFactorRepository } from './persistence/second-factor.repository.js';
import { Totp } from './totp.js';

/** Spends codes: each works once, in one conditional update. */
@Injectable()
export class Codes {
  constructor(
    private readonly factors: SecondFactorRepository,
    private readonly emailCodes: EmailCodes,
    private readonly secrets: CodeSecrets,
    private readonly totp: Totp,
    private readonly clock: Clock,
  ) {}

  /**
   * Spends a code of this person: of their app, a mailed one (`emailCodeId` says which) or a backup code.
   * Answers which it was; null when it was wrong or spent before.
   */
  async spend(factor: SecondFactor, code: string, emailCodeId: string | null): Promise<FactorUsed | null> {
    const plain = code.trim();
    if (!isOneTimeCode(plain)) return (await this.spendBackup(factor.user_id, plain)) ? 'backup_code' : null;
    const spent =
      factor.method === 'totp' ? this.spendTotp(factor, plain) : this.spendMailed(emailCodeId, plain);
    return (await spent) ? factor.method : null;
  }

  private async spendTotp({ user_id, secret }: SecondFactor, code: string): Promise<boolean> {
    const opened = secret && this.secrets.openSecret(user_id, secret);
    const step = opened ? this.totp.stepOf(opened, code) : null;
    return step !== null && this.factors.spendStep(user_id, step);
  }

  private async spendMailed(emailCodeId: string | null, code: string): Promise<boolean> {
    return emailCodeId !== null && this.emailCodes.spend(emailCodeId, code);
  }

  private async spendBackup(userId: string, code: string): Promise<boolean> {
    const plain = normalizeBackupCode(code);
    return (
      plain !== null &&
      this.factors.spendBackupCode(userId, this.secrets.backupHashes(userId, plain), this.clock.now())
    );
  }
}
