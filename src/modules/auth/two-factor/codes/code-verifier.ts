import { Injectable } from '@nestjs/common';
import type { EmailCodePurpose } from '@/modules/auth/mail/email-code-purpose.js';
import type { UsedSecondFactor } from '@/modules/auth/sessions/persistence/session.entity.js';
import { Clock } from '@/platform/kernel/clock.js';
import { CodeCryptoService } from './code-crypto.service.js';
import { isOneTimeCode, normalizeBackupCode, normalizeCode } from './code.rules.js';
import { EmailCodesService } from './email-codes.service.js';
import type { SecondFactor } from './persistence/second-factor.entity.js';
import { SecondFactorRepository } from './persistence/second-factor.repository.js';
import { TotpService } from './totp.service.js';

/** Verifies and consumes codes. Each code works once, by a conditional update. */
@Injectable()
export class CodeVerifier {
  constructor(
    private readonly factors: SecondFactorRepository,
    private readonly emailCodes: EmailCodesService,
    private readonly codeCrypto: CodeCryptoService,
    private readonly totp: TotpService,
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

  /** Returns the id of the newest e-mail code for a factor with e-mail codes, to be passed to {@link consume}; else null. */
  async findEmailCodeId(
    { user_id: userId, method }: SecondFactor,
    purpose: EmailCodePurpose,
  ): Promise<string | null> {
    if (method !== 'email') return null;
    return (await this.emailCodes.findLatest(userId, purpose))?.id ?? null;
  }

  private async consumeTotp({ user_id, secret }: SecondFactor, code: string): Promise<boolean> {
    const totpSecret = secret && this.codeCrypto.openTotpSecret(user_id, secret);
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
      this.factors.consumeBackupCode(
        userId,
        this.codeCrypto.allBackupCodeHashes(userId, plain),
        this.clock.now(),
      )
    );
  }
}
