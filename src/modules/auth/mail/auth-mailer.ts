import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import { Config } from '@/platform/config/index.js';
import { type Letter, Mailer } from '@/platform/mail/index.js';
import type { CodePurpose } from '../two-factor/codes/persistence/email-code.entity.js';

type Part = Letter['body'][number];

const CODE_FOR: Readonly<Record<CodePurpose, string>> = {
  login: 'Your login code:',
  setup: 'Your code to switch on two-factor authentication:',
  step_up: 'Your confirmation code:',
  disable: 'Your code to switch off two-factor authentication:',
};

const NOTICES = {
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

const NOT_YOU = 'If this was not you, reset your password at once.';

export type Notice = keyof typeof NOTICES;

/** Every letter about accounts, in one place. */
@Injectable()
export class AuthMail {
  constructor(
    private readonly mailer: Mailer,
    private readonly accounts: AccountsService,
    private readonly config: Config,
  ) {}

  assertConfigured(): void {
    this.mailer.assertConfigured();
  }

  async code(userId: string, purpose: CodePurpose, code: string): Promise<void> {
    const body: Part[] = [CODE_FOR[purpose], { code }, 'It is valid for 10 minutes. Give it to nobody.'];
    await this.mailer.send({ to: await this.addressOf(userId), subject: `${code} is your code`, body });
  }

  /** A letter that only informs the owner. `to` where the address is no longer the account's. */
  async notice(userId: string, notice: Notice, to?: string): Promise<void> {
    const [subject, sentence] = NOTICES[notice];
    await this.mailer.notify({
      to: to ?? (await this.addressOf(userId)),
      subject,
      body: [sentence, NOT_YOU],
    });
  }

  /** Left out when this server sends no mail: an account is of use before its address is verified. */
  async verification(to: string, token: string): Promise<void> {
    const body: Part[] = [
      'Confirm your e-mail address:',
      this.link('verify-email', token),
      'The link is valid for 24 hours.',
    ];
    await this.mailer.notify({ to, subject: 'Confirm your e-mail address', body });
  }

  async reset(to: string, token: string): Promise<void> {
    const body: Part[] = [
      'Set a new password:',
      this.link('reset-password', token),
      'The link is valid for one hour. If you did not ask for it, nothing happens.',
    ];
    await this.mailer.send({ to, subject: 'Reset your password', body });
  }

  /** For an account that somebody else made. The password itself never travels by mail. */
  async welcome(to: string, token: string): Promise<void> {
    const body: Part[] = [
      'An account was made for you. Set your password to use it:',
      this.link('reset-password', token),
      'The link is valid for 24 hours.',
    ];
    await this.mailer.send({ to, subject: 'Your new account', body });
  }

  private link(page: string, token: string): { link: string } {
    return { link: `${this.config.linkBase}/${page}?token=${token}` };
  }

  private async addressOf(userId: string): Promise<string> {
    const user = await this.accounts.find(userId);
    if (!user) throw new Error('A letter to nobody.');
    return user.email;
  }
}
