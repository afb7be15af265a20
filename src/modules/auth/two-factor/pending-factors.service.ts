import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { authErrors } from '../auth.errors.js';
import { CodeSecrets } from './codes/code-hasher.js';
import { isOneTimeCode, PENDING_LIFE } from './codes/code.rules.js';
import { EmailCodes } from './codes/email-codes.service.js';
import type { Method } from './codes/persistence/second-factor.entity.js';
import { Totp } from './codes/totp.js';
import { TwoFactorSetupResponse } from './dto/two-factor.responses.js';
import { ChallengeRepository } from './persistence/login-challenge.repository.js';
import type { PendingFactor } from './persistence/pending-factor.entity.js';

export interface Enrolment {
  /** The session or login challenge that sets up the factor; only it can confirm. */
  holderId: string;
  userId: string;
  method: Method;
  replaces: boolean;
}

export interface Proof {
  pending: PendingFactor;
  /** TOTP: the time step whose code proved the secret. */
  step: number | null;
}

/** A second factor on its way: made, shown once, and proved by a code before it counts. */
@Injectable()
export class EnrolmentService {
  constructor(
    private readonly challenges: ChallengeRepository,
    private readonly accounts: AccountsService,
    private readonly emailCodes: EmailCodes,
    private readonly secrets: CodeSecrets,
    private readonly totp: Totp,
    private readonly clock: Clock,
  ) {}

  async begin(enrolment: Enrolment): Promise<TwoFactorSetupResponse> {
    return enrolment.method === 'totp' ? this.beginTotp(enrolment) : this.beginEmail(enrolment);
  }

  /** The factor that waits for this holder; throws 409 when there is none. */
  async pending(holderId: string): Promise<PendingFactor> {
    const pending = await this.challenges.pending(holderId);
    if (!pending || pending.expires_at <= this.clock.now()) throw authErrors.two_factor_setup_missing();
    return pending;
  }

  /** Whether `code` proves the pending factor; spends a mailed one. Null when it is wrong. */
  async prove(pending: PendingFactor, code: string): Promise<Proof | null> {
    const plain = code.trim();
    if (!isOneTimeCode(plain)) return null;
    if (pending.method === 'email') {
      const spent =
        pending.email_code_id !== null && (await this.emailCodes.spend(pending.email_code_id, plain));
      return spent ? { pending, step: null } : null;
    }
    const secret = pending.secret && this.secrets.openSecret(pending.user_id, pending.secret);
    const step = secret ? this.totp.stepOf(secret, plain) : null;
    return step === null ? null : { pending, step };
  }

  private async beginTotp(enrolment: Enrolment): Promise<TwoFactorSetupResponse> {
    const secret = this.totp.newSecret();
    const user = await this.accounts.find(enrolment.userId);
    const uri = this.totp.uri(secret, user?.email ?? '');
    await this.hold(enrolment, {
      secret: this.secrets.sealSecret(enrolment.userId, secret),
      email_code_id: null,
    });
    return {
      method: 'totp',
      secret,
      otpauth_uri: uri,
      qr_code: await this.totp.qrCode(uri),
      message: 'Scan the code with your authenticator app, then confirm with the six digits it shows.',
    };
  }

  private async beginEmail(enrolment: Enrolment): Promise<TwoFactorSetupResponse> {
    const codeId = await this.emailCodes.send(enrolment.userId, 'setup');
    await this.hold(enrolment, { secret: null, email_code_id: codeId });
    return {
      method: 'email',
      secret: null,
      otpauth_uri: null,
      qr_code: null,
      message: 'We sent a code to your e-mail address. Confirm with it within 10 minutes.',
    };
  }

  private async hold(
    enrolment: Enrolment,
    proof: Pick<PendingFactor, 'secret' | 'email_code_id'>,
  ): Promise<void> {
    const { holderId, userId, method, replaces } = enrolment;
    const expires = this.clock.after(PENDING_LIFE);
    await this.challenges.setPending({
      holder_id: holderId,
      user_id: userId,
      method,
      replaces,
      expires_at: expires,
      ...proof,
    });
  }
}
