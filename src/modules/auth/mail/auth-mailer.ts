import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import { Config } from '@/platform/config/index.js';
import { type EmailMessage, Mailer } from '@/platform/mail/index.js';
import type { EmailCodePurpose } from './email-code-purpose.js';

type EmailParagraph = EmailMessage['body'][number];

const CODE_LABELS: Readonly<Record<EmailCodePurpose, string>> = {
  login: 'Your login code:',
  setup: 'Your code to switch on two-factor authentication:',
  step_up: 'Your confirmation code:',
  disable: 'Your code to switch off two-factor authentication:',
};

const SECURITY_NOTICES = {
  two_factor_enabled: ['Two-factor authentication is on', 'A second factor was set up for your account.'],
  two_factor_disabled: ['Two-factor authentication is off', 'The second factor of your account was removed.'],
  two_factor_reset: [
    'Two-factor authentication was reset',
    'An admin of your organization removed the second factor of your account. Set up a new one.',
  ],
  backup_codes_replaced: ['New backup codes', 'New backup codes were made; the old ones no longer work.'],
  two_factor_closed: [
    'Too many wrong codes',
    'Somebody who knows your password has entered 20 wrong codes within a day. Logins with a second factor are ' +
      'closed for now. If it was not you, change your password.',
  ],
  password_changed: [
    'Your password was changed',
    'The password of your account was changed and other sessions were ended.',
  ],
  email_change_announced: [
    'Your e-mail address is about to change',
    'A new e-mail address was asked for your account. It changes once it is confirmed from the new address.',
  ],
  email_changed: ['Your e-mail address was changed', 'Your account now has another e-mail address.'],
} as const;

const NOT_YOU_HINT = 'If this was not you, reset your password at once.';

export type SecurityNotice = keyof typeof SECURITY_NOTICES;

/** Every letter about accounts, in one place. */
@Injectable()
export class AuthMailer {
  constructor(
    private readonly mailer: Mailer,
    private readonly accounts: AccountsService,
    private readonly config: Config,
  ) {}

  assertConfigured(): void {
    this.mailer.assertConfigured();
  }

  async sendCode(userId: string, purpose: EmailCodePurpose, code: string): Promise<void> {
    const body: EmailParagraph[] = [
      CODE_LABELS[purpose],
      { code },
      'It is valid for 10 minutes. Give it to nobody.',
    ];
    await this.mailer.send({ to: await this.getAddress(userId), subject: `${code} is your code`, body });
  }

  /** A letter that only informs the owner. `to` where the address is no longer the account's. */
  async sendNotice(userId: string, notice: SecurityNotice, to?: string): Promise<void> {
    const [subject, sentence] = SECURITY_NOTICES[notice];
    await this.mailer.sendIfConfigured({
      to: to ?? (await this.getAddress(userId)),
      subject,
      body: [sentence, NOT_YOU_HINT],
    });
  }

  /** Left out when this server sends no mail: an account is of use before its address is verified. */
  async sendEmailVerification(to: string, token: string): Promise<void> {
    const body: EmailParagraph[] = [
      'Confirm your e-mail address:',
      this.toLink('verify-email', token),
      'The link is valid for 24 hours.',
    ];
    await this.mailer.sendIfConfigured({ to, subject: 'Confirm your e-mail address', body });
  }

  async sendPasswordReset(to: string, token: string): Promise<void> {
    const body: EmailParagraph[] = [
      'Set a new password:',
      this.toLink('reset-password', token),
      'The link is valid for one hour. If you did not ask for it, nothing happens.',
    ];
    await this.mailer.send({ to, subject: 'Reset your password', body });
  }

  /** For an account that somebody else made. The password itself never travels by mail. */
  async sendWelcome(to: string, token: string): Promise<void> {
    const body: EmailParagraph[] = [
      'An account was made for you. Set your password to use it:',
      this.toLink('reset-password', token),
      'The link is valid for 24 hours.',
    ];
    await this.mailer.send({ to, subject: 'Your new account', body });
  }

  private toLink(page: string, token: string): { link: string } {
    return { link: `${this.config.linkBaseUrl}/${page}?token=${token}` };
  }

  private async getAddress(userId: string): Promise<string> {
    const user = await this.accounts.find(userId);
    if (!user) throw new Error('A letter to nobody.');
    return user.email;
  }
}
