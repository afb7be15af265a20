import { Injectable } from '@nestjs/common';
import { AuthMailer } from '@/modules/auth/mail/auth-mailer.js';
import type { EmailCodePurpose } from '@/modules/auth/mail/email-code-purpose.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import { RateLimiter } from '@/platform/limits/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { CodeCryptoService } from './code-crypto.service.js';
import { EMAIL_CODE_LIFETIME, MAX_EMAIL_CODE_TRIES, EMAIL_CODE_LIMIT, RESEND_DELAY } from './code.rules.js';
import type { EmailCode } from './persistence/email-code.entity.js';
import { EmailCodeRepository } from './persistence/email-code.repository.js';

/** Six-digit codes by e-mail. Only a keyed hash is stored; it is bound to the row, so a code fits one row only. */
@Injectable()
export class EmailCodesService {
  constructor(
    private readonly codes: EmailCodeRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly mailer: AuthMailer,
    private readonly limiter: RateLimiter,
    private readonly codeCrypto: CodeCryptoService,
    private readonly clock: Clock,
  ) {}

  /** Returns the id of a code sent within the last minute, with `sent` false; otherwise sends one. */
  async sendUnlessRecent(userId: string, purpose: EmailCodePurpose): Promise<{ id: string; sent: boolean }> {
    const recent = await this.findRecent(userId, purpose);
    return recent ? { id: recent.id, sent: false } : { id: await this.sendNew(userId, purpose), sent: true };
  }

  /**
   * Like `sendUnlessRecent`; but where no mail can be sent now, returns the newest valid code, or null. For logins: the user
   * can still use a backup code.
   */
  async sendIfPossible(userId: string, purpose: EmailCodePurpose): Promise<string | null> {
    const recent = await this.findRecent(userId, purpose);
    if (recent) return recent.id;
    const maySend = this.mailer.isConfigured && (await this.limiter.tryConsume(EMAIL_CODE_LIMIT, userId));
    if (maySend) return this.issueOnce(userId, purpose);
    return (await this.findLatest(userId, purpose))?.id ?? null;
  }

  /** Sends a code and returns its id; returns the existing one if a concurrent call sent it. Throws 429. */
  async sendNew(userId: string, purpose: EmailCodePurpose): Promise<string> {
    this.mailer.assertConfigured();
    await this.limiter.consume(EMAIL_CODE_LIMIT, userId);
    return this.issueOnce(userId, purpose);
  }

  /** Consumes the code with this id; every wrong try counts against it. */
  async consume(id: string, code: string): Promise<boolean> {
    return this.codes.consume(
      id,
      this.codeCrypto.allEmailCodeHashes(id, code),
      this.clock.now(),
      MAX_EMAIL_CODE_TRIES,
    );
  }

  /** Ends all codes of a user. */
  async endAll(userId: string): Promise<void> {
    await this.codes.deleteAll(userId);
  }

  /** Returns the newest code of this purpose that is still valid. */
  async findLatest(userId: string, purpose: EmailCodePurpose): Promise<EmailCode | undefined> {
    return this.codes.findLatest(userId, purpose, MAX_EMAIL_CODE_TRIES, this.clock.now());
  }

  /** Returns the newest valid code if it was sent within the last minute. */
  async findRecent(userId: string, purpose: EmailCodePurpose): Promise<EmailCode | undefined> {
    const code = await this.findLatest(userId, purpose);
    return code && code.created_at > this.clock.after(-RESEND_DELAY) ? code : undefined;
  }

  private issueOnce(userId: string, purpose: EmailCodePurpose): Promise<string> {
    return this.unitOfWork.run(async () => {
      if (!(await this.codes.lockUser(userId))) throw platformErrors.token_invalid();
      return (await this.findRecent(userId, purpose))?.id ?? (await this.issue(userId, purpose));
    });
  }

  private async issue(userId: string, purpose: EmailCodePurpose): Promise<string> {
    const id = newId();
    const code = this.codeCrypto.createEmailCode();
    await this.codes.insert({
      id,
      user_id: userId,
      purpose,
      code_hash: this.codeCrypto.hashEmailCode(id, code),
      tries: 0,
      created_at: this.clock.now(),
      expires_at: this.clock.after(EMAIL_CODE_LIFETIME),
      used_at: null,
    });
    await this.mailer.sendCode(userId, purpose, code);
    return id;
  }
}
