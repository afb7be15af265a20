import { Injectable } from '@nestjs/common';
import { HOUR } from '@/platform/kernel/durations.js';
import { Mailer } from '@/platform/mail/index.js';
import { ReminderLinks } from './reminder-links.js';

/** A reminder is of no use on the next day. */
const LIFETIME = 6 * HOUR;

/** Writes reminders. */
@Injectable()
export class ReminderMailer {
  constructor(
    private readonly mailer: Mailer,
    private readonly links: ReminderLinks,
  ) {}

  /** Queues the mail in the transaction of the caller; without mail it does nothing. */
  async send(to: string, { linkId, streak }: { linkId: string; streak: number }): Promise<void> {
    const unsubscribeUrl = this.links.toUrl(linkId);
    await this.mailer.sendIfConfigured({
      to,
      subject: 'Time to learn',
      body: [
        'You have not learned today.',
        ...(streak > 0 ? [`Your streak is ${streak} ${streak === 1 ? 'day' : 'days'}.`] : []),
        'You get this e-mail because you switched reminders on. Switch them off here:',
        { link: unsubscribeUrl },
      ],
      unsubscribeUrl,
      validFor: LIFETIME,
    });
  }
}
