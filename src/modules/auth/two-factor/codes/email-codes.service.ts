import { Injectable } from '@nestjs/common';
import { AuthMail } from '@/modules/auth/mail/auth-mailer.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import { RateLimiter } from '@/platform/limits/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { CodeSecrets } from './code-hasher.js';
import { EMAIL_CODE_LIFE, EMAIL_CODE_TRIES, MAILED_CODES, RESEND_AFTER } from './code.rules.js';
import type { CodePurpose, EmailCode } from './persistence/email-code.entity.js';
import { EmailCodeRepository } from './persistence/email-code.repository.js';

/** Six-digit codes by mail. Only a keyed hash is stored, bound to the row, so a code of one row fits no other. */
@Injectable()
export class EmailCodes {
  constructor(
    private readonly codes: EmailCodeRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly mail: AuthMail,
    private readonly limiter: RateLimiter,
    private readonly secrets: CodeSecrets,
    private readonly clock: Clock,
  ) {}

  /** The id of a code mailed within the last minute, or of one that is mailed now. */
  async send(userId: string, purpose: CodePurpose): Promise<string> {
    const recent = await this.recent(userId, purpose);
    return recent ? recent.id : this.mailNew(userId, purpose);
  }

  /** Mails a new code, unless another call did within the last minute, and answers its id. */
  async mailNew(userId: string, purpose: CodePurpose): Promise<string> {
    this.mail.assertConfigured();
    await this.limiter.take(MAILED_CODES, userId);
    return this.unitOfWork.run(async () => {
      await this.codes.lockOwner(userId);
      return (await this.recent(userId, purpose))?.id ?? (await this.issue(userId, purpose));
    });
  }

  /** Spends the code with this id; a wrong one counts against it. */
  async spend(id: string, code: string): Promise<boolean> {
    return this.codes.try(id, this.secrets.mailedHashes(id, code), this.clock.now(), EMAIL_CODE_TRIES);
  }

  /** The newest code for this purpose that could still be right. */
  async latest(userId: string, purpose: CodePurpose): Promise<EmailCode | undefined> {
    return this.codes.latest(userId, purpose, EMAIL_CODE_TRIES, this.clock.now());
  }

  /** The same, when it was mailed so recently that no new one is sent. */
  async recent(userId: string, purpose: CodePurpose): Promise<EmailCode | undefined> {
    const code = await this.latest(userId, purpose);
    return code && code.created_at > this.clock.after(-RESEND_AFTER) ? code : undefined;
  }

  private async issue(userId: string, purpose: CodePurpose): Promise<string> {
    const id = newId();
    const code = this.secrets.mailedCode();
    await this.codes.insert({
      id,
      user_id: userId,
      purpose,
      code_hash: this.secrets.mailedHash(id, code),
      tries: 0,
      created_at: this.clock.now(),
      expires_at: this.clock.after(EMAIL_CODE_LIFE),
      used_at: null,
    });
    await this.mail.code(userId, purpose, code);
    return id;
  }
}
