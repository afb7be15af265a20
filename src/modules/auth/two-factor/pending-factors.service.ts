import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { authErrors } from '../auth.errors.js';
import { CodeCryptoService } from './codes/code-crypto.service.js';
import { isOneTimeCode, normalizeCode, PENDING_FACTOR_LIFETIME } from './codes/code.rules.js';
import { EmailCodesService } from './codes/email-codes.service.js';
import type { TwoFactorMethod } from './codes/persistence/second-factor.entity.js';
import { TotpService } from './codes/totp.service.js';
import { TwoFactorSetupResponse } from './dto/two-factor.responses.js';
import type { PendingFactor } from './persistence/pending-factor.entity.js';
import { PendingFactorRepository } from './persistence/pending-factor.repository.js';

export interface EnrolmentInput {
  /** The id of the session or login challenge that sets up the factor. Only this holder can confirm it. */
  holderId: string;
  userId: string;
  method: TwoFactorMethod;
  replaces: boolean;
}

export interface VerifiedPendingFactor {
  pending: PendingFactor;
  /** TOTP only: the time step of the code that confirmed the factor. */
  timeStep: number | null;
}

/** Second factors that wait for confirmation by a first code. The secret is shown once. */
@Injectable()
export class PendingFactorsService {
  constructor(
    private readonly repository: PendingFactorRepository,
    private readonly accounts: AccountsService,
    private readonly emailCodes: EmailCodesService,
    private readonly codeCrypto: CodeCryptoService,
    private readonly totp: TotpService,
    private readonly clock: Clock,
  ) {}

  /** Creates the factor in place of an earlier one of the holder. For e-mail codes, also sends the code. */
  async start(enrolment: EnrolmentInput): Promise<TwoFactorSetupResponse> {
    return enrolment.method === 'totp' ? this.startTotp(enrolment) : this.startEmail(enrolment);
  }

  /** Returns the factor of this holder. Throws `two_factor_setup_missing` if there is none or it has expired. */
  async get(holderId: string): Promise<PendingFactor> {
    const pending = await this.repository.find(holderId);
    if (!pending || pending.expires_at <= this.clock.now()) throw authErrors.two_factor_setup_missing();
    return pending;
  }

  /** Returns null for a wrong code. Consumes an e-mail code. */
  async verify(pending: PendingFactor, code: string): Promise<VerifiedPendingFactor | null> {
    const plain = normalizeCode(code);
    if (!isOneTimeCode(plain)) return null;
    if (pending.method === 'email') {
      const consumed =
        pending.email_code_id !== null && (await this.emailCodes.consume(pending.email_code_id, plain));
      return consumed ? { pending, timeStep: null } : null;
    }
    const secret = pending.secret && this.codeCrypto.openTotpSecret(pending.user_id, pending.secret);
    const step = secret ? this.totp.findTimeStep(secret, plain) : null;
    return step === null ? null : { pending, timeStep: step };
  }

  /** Makes another code the one that confirms the factor. */
  async replaceEmailCode({ holder_id }: PendingFactor, codeId: string): Promise<void> {
    await this.repository.setEmailCode(holder_id, codeId);
  }

  /**
   * Deletes the factor, in the transaction that enables it. Throws `two_factor_already_enabled` if a concurrent request
   * did so or replaced it.
   */
  async consume(pending: PendingFactor): Promise<void> {
    if (!(await this.repository.consume(pending, this.clock.now())))
      throw authErrors.two_factor_already_enabled();
  }

  private async startTotp(enrolment: EnrolmentInput): Promise<TwoFactorSetupResponse> {
    const secret = this.totp.createSecret();
    const user = await this.accounts.find(enrolment.userId);
    if (!user) throw platformErrors.token_invalid();
    const uri = this.totp.toUri(secret, user.email);
    await this.save(enrolment, {
      secret: this.codeCrypto.sealTotpSecret(enrolment.userId, secret),
      email_code_id: null,
    });
    return {
      method: 'totp',
      secret,
      otpauth_uri: uri,
      qr_code: await this.totp.renderQrCode(uri),
      message: 'Scan the code with your authenticator app, then confirm with the six digits it shows.',
    };
  }

  private async startEmail(enrolment: EnrolmentInput): Promise<TwoFactorSetupResponse> {
    const { id, sent } = await this.emailCodes.sendUnlessRecent(enrolment.userId, 'setup');
    await this.save(enrolment, { secret: null, email_code_id: id });
    return {
      method: 'email',
      secret: null,
      otpauth_uri: null,
      qr_code: null,
      message: sent
        ? 'We sent a code to your e-mail address. Confirm with it within 10 minutes.'
        : 'We sent a code to your e-mail address less than a minute ago. Confirm with that code.',
    };
  }

  private async save(
    enrolment: EnrolmentInput,
    verification: Pick<PendingFactor, 'secret' | 'email_code_id'>,
  ): Promise<void> {
    const { holderId, userId, method, replaces } = enrolment;
    const expiresAt = this.clock.after(PENDING_FACTOR_LIFETIME);
    await this.repository.save({
      holder_id: holderId,
      user_id: userId,
      method,
      replaces,
      expires_at: expiresAt,
      ...verification,
    });
  }
}
