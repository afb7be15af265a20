import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import { Config } from '@/platform/config/index.js';
import { type EmailMessage, Mailer } from '@/platform/mail/index.js';
import { FAILURE_SENTENCES } from '../google/google-failure.js';

/** Tells the owner of a connection that it is broken or works again, in the transaction that finds it out. */
@Injectable()
export class ConnectionMailer {
  constructor(
    private readonly mailer: Mailer,
    private readonly accounts: AccountsService,
    private readonly config: Config,
  ) {}

  async sendBroken(userId: string, reason: 'access_revoked' | 'scope_missing'): Promise<void> {
    const hint = 'Connect the calendar again in the settings of your account.';
    await this.send(userId, 'Your Google Calendar is not connected any more', [
      FAILURE_SENTENCES[reason],
      hint,
    ]);
  }

  async sendRestored(userId: string): Promise<void> {
    await this.send(userId, 'Your Google Calendar is connected again', [
      'The connection to your Google Calendar works again. There is nothing left to do.',
    ]);
  }

  private async send(userId: string, subject: string, body: EmailMessage['body']): Promise<void> {
    const account = await this.accounts.find(userId);
    if (!account?.is_active) return;
    const { appUrl } = this.config;
    const link = appUrl === undefined ? [] : [{ link: appUrl }];
    await this.mailer.sendIfConfigured({ to: account.email, subject, body: [...body, ...link] });
  }
}
