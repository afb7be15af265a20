import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import { Config } from '@/platform/config/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { DAY, HOUR, MINUTE } from '@/platform/kernel/durations.js';
import { type EmailMessage, Mailer } from '@/platform/mail/index.js';
import type { EmailCodePurpose } from './email-code-purpose.js';

type EmailParagraph = EmailMessage['body'][number];

const CODE_LABELS: Readonly<Record<EmailCodePurpose, string>> = {
  login: 'Your login code:',
  setup: 'Your code to turn on two-factor authentication:',
  step_up: 'Your confirmation code:',
  disable: 'Your code to turn off two-factor authentication:',
};

const SECURITY_NOTICES = {
  two_factor_enabled: ['Two-factor authentication is on', 'A second factor was added to your account.'],
  two_factor_disabled: ['Two-factor authentication is off', 'The second factor of your account was removed.'],
  two_factor_reset: [
    'Two-factor authentication was reset',
    'An administrator of your organization removed the second factor of your account. Set up a new one.',
  ],
  backup_codes_replaced: ['New backup codes', 'New backup codes were created. The old ones no longer work.'],
  two_factor_closed: [
    'Too many wrong codes',
    '20 wrong codes were entered for your account within a day, after the correct password. Logins with a second ' +
      'factor are blocked for now. If this was not you, change your password.',
  ],
  password_changed: [
    'Your password was changed',
    'The password of your account was changed. Other sessions were ended.',
  ],
  email_change_announced: [
    'Your e-mail address is about to change',
    'A change of the e-mail address of your account was requested. It takes effect when the new address is confirmed.',
  ],
  email_changed: [
    'Your e-mail address was changed',
    'An administrator of your organization changed the e-mail address of your account.',
    'If this was not you, ask the administrators of your organization.',
  ],
} as const;

const NOT_YOU_HINT = 'If this was not you, reset your password immediately.';

export type SecurityNotice = keyof typeof SECURITY_NOTICES;

/** Sends all e-mails about accounts. */
@Injectable()
export class AuthMailer {
  constructor(
    private readonly mailer: Mailer,
    private readonly accounts: AccountsService,
    private readonly config: Config,
  ) {}

  get isConfigured(): boolean {
    return this.config.mail !== 'off';
  }

  assertConfigured(): void {
    this.mailer.assertConfigured();
  }

  async sendCode(userId: string, purpose: EmailCodePurpose, code: string): Promise<void> {
    const body: EmailParagraph[] = [
      CODE_LABELS[purpose],
      { code },
      'The code is valid for 10 minutes. Do not share it.',
    ];
    await this.mailer.send({
      to: await this.getAddress(userId),
      subject: `${code} is your code`,
      body,
      validFor: 10 * MINUTE,
    });
  }

  /** Sends a notice without links or codes. `to` overrides the address of the account, for a replaced address. */
  async sendNotice(userId: string, notice: SecurityNotice, to?: string): Promise<void> {
    const [subject, sentence, hint = NOT_YOU_HINT] = SECURITY_NOTICES[notice];
    await this.mailer.sendIfConfigured({
      to: to ?? (await this.getAddress(userId)),
      subject,
      body: [sentence, hint],
    });
  }

  /** Skipped if e-mail is not configured: an account works before its address is verified. */
  async sendEmailVerification(to: string, token: string, { discard = false } = {}): Promise<void> {
    const body: EmailParagraph[] = [
      'Confirm your e-mail address:',
      this.toLink('verify-email', token),
      'The link is valid for 24 hours.',
    ];
    await this.mailer.sendIfConfigured({
      to,
      subject: 'Confirm your e-mail address',
      body,
      validFor: DAY,
      discard,
    });
  }

  /** For a replaced address. The account is not reached there any more, so the mail has a link that restores it. */
  async sendEmailReversion(to: string, token: string): Promise<void> {
    const body: EmailParagraph[] = [
      'The e-mail address of your account was changed. If this was not you, restore this address and end all sessions:',
      this.toLink('revert-email', token),
      'The link is valid for 7 days. It does not change your password: reset it afterwards.',
    ];
    await this.mailer.sendIfConfigured({
      to,
      subject: 'Your e-mail address was changed',
      body,
      validFor: 7 * DAY,
    });
  }

  async sendPasswordReset(to: string, token: string): Promise<void> {
    const body: EmailParagraph[] = [
      'Set a new password:',
      this.toLink('reset-password', token),
      'The link is valid for one hour. If you did not request it, ignore this e-mail.',
    ];
    await this.mailer.send({ to, subject: 'Reset your password', body, validFor: HOUR });
  }

  /** For an account that an administrator created. Contains a link, never a password. */
  async sendWelcome(to: string, token: string): Promise<void> {
    const body: EmailParagraph[] = [
      'An account was created for you. Set your password to use it:',
      this.toLink('reset-password', token),
      'The link is valid for 24 hours.',
    ];
    await this.mailer.send({ to, subject: 'Your new account', body, validFor: DAY });
  }

  private toLink(page: string, token: string): { link: string } {
    return { link: `${this.config.linkBaseUrl}/${page}?token=${token}` };
  }

  private async getAddress(userId: string): Promise<string> {
    const user = await this.accounts.find(userId);
    if (!user) throw platformErrors.token_invalid();
    return user.email;
  }
}
