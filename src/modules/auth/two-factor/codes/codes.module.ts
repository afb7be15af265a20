import { Module, type OnModuleInit } from '@nestjs/common';
import { AuthMailModule } from '@/modules/auth/mail/auth-mail.module.js';
import { SecretRotation } from '@/platform/crypto/index.js';
import { ExpiredRowSweeper } from '@/platform/jobs/index.js';
import { CodeAttemptLimiter } from './code-attempt-limiter.js';
import { CodeCryptoService, TOTP_SECRET } from './code-crypto.service.js';
import { CodeVerifier } from './code-verifier.js';
import { EmailCodesService } from './email-codes.service.js';
import { EmailCodeRepository } from './persistence/email-code.repository.js';
import { SecondFactorRepository } from './persistence/second-factor.repository.js';
import { TotpService } from './totp.service.js';

/** Codes of all kinds: TOTP, e-mail and backup codes. The repository is exported for `TwoFactorModule` only. */
@Module({
  imports: [AuthMailModule],
  providers: [
    SecondFactorRepository,
    EmailCodeRepository,
    TotpService,
    CodeCryptoService,
    EmailCodesService,
    CodeVerifier,
    CodeAttemptLimiter,
  ],
  exports: [
    SecondFactorRepository,
    TotpService,
    CodeCryptoService,
    EmailCodesService,
    CodeVerifier,
    CodeAttemptLimiter,
  ],
})
export class CodesModule implements OnModuleInit {
  constructor(
    private readonly sweeper: ExpiredRowSweeper,
    private readonly secretRotation: SecretRotation,
    private readonly secondFactors: SecondFactorRepository,
  ) {}

  onModuleInit(): void {
    this.sweeper.registerTable('email_codes');
    this.secretRotation.register({
      purpose: TOTP_SECRET,
      findPage: (after, limit) => this.secondFactors.listSealedSecrets(after, limit),
      replace: (userId, from, to) => this.secondFactors.replaceSealedSecret(userId, from, to),
    });
  }
}
