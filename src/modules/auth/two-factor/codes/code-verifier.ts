import { Injectable } from '@nestjs/common';
import type { UsedSecondFactor } from '@/modules/auth/sessions/persistence/session.entity.js';
import { Clock } from '@/platform/kernel/clock.js';
import { CodeHasher } from './code-hasher.js';
import { isOneTimeCode, normalizeBackupCode, normalizeCode } from './code.rules.js';
import { EmailCodesService } from './email-codes.service.js';
import type { SecondFactor } from './persistence/second-factor.entity.js';
import { SecondFactorRepository } from './persistence/second-factor.repository.js';
import { Totp } from './totp.js';

/** Verifies and consumes codes. Each code works once, by a conditional update. */
@Injectable()
export class CodeVerifier {
  constructor(
    private readonly factors: SecondFactorRepository,
    private readonly emailCodes: EmailCodesService,
    private readonly hasher: CodeHasher,
    private readonly totp: Totp,
    private readonly clock: Clock,
  ) {}

  /**
   * Consumes a code of the authenticator app, the e-mail code `emailCodeId`, or a backup code. Returns the kind of
   * code, or null if it is wrong or was used before.
   */
  async consume(
    factor: SecondFactor,
    code: string,
    emailCodeId: string | null,
  ): Promise<UsedSecondFactor | null> {
    const plain = normalizeCode(code);
    if (!isOneTimeCode(plain))
      return (await this.consumeBackupCode(factor.user_id, plain)) ? 'backup_code' : null;
    const consumed =
      factor.method === 'totp' ? this.consumeTotp(factor, plain) : this.consumeEmailCode(emailCodeId, plain);
    return (await consumed) ? factor.method : null;
  }

  private async consumeTotp({ user_id, secret }: SecondFactor, code: string): Promise<boolean> {
    const totpSecret = secret && this.hasher.openTotpSecret(user_id, secret);
    const timeStep = totpSecret ? this.totp.findTimeStep(totpSecret, code) : null;
    return timeStep !== null && this.factors.consumeTimeStep(user_id, timeStep);
  }

  private async consumeEmailCode(emailCodeId: string | null, code: string): Promise<boolean> {
    return emailCodeId !== null && this.emailCodes.consume(emailCodeId, code);
  }

  private async consumeBackupCode(userId: string, code: string): Promise<boolean> {
    const plain = normalizeBackupCode(code);
    return (
      plain !== null &&
      this.factors.consumeBackupCode(userId, this.hasher.allBackupCodeHashes(userId, plain), this.clock.now())
    );
  }
}
