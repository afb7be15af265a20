import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Mailer } from '@/platform/mail/index.js';
import { progressErrors } from '../progress.errors.js';
import { RemindersResponse, type UpdateRemindersRequest } from './dto/reminders.dto.js';
import { ReminderRepository } from './persistence/reminder.repository.js';
import { ReminderLinks } from './reminder-links.js';
import { DEFAULT_MINUTE, parseTimeOfDay } from './time-of-day.js';

/** What learners choose about their reminders. */
@Injectable()
export class RemindersService {
  constructor(
    private readonly reminders: ReminderRepository,
    private readonly links: ReminderLinks,
    private readonly accounts: AccountsService,
    private readonly mailer: Mailer,
    private readonly clock: Clock,
  ) {}

  async read(userId: string): Promise<RemindersResponse> {
    const choice = await this.reminders.find(userId);
    if (!choice) throw platformErrors.token_invalid();
    return RemindersResponse.from(choice);
  }

  /** Throws `email_not_verified`, and `mail_not_configured` when the server sends no mail. */
  async update(userId: string, { enabled, time }: UpdateRemindersRequest): Promise<RemindersResponse> {
    if (enabled) await this.assertReachable(userId);
    const minute = time === undefined ? null : parseTimeOfDay(time);
    const options = { defaultMinute: DEFAULT_MINUTE, now: this.clock.now() };
    const choice = await this.reminders.save(userId, { enabled, minute }, options);
    if (!choice) throw platformErrors.token_invalid();
    return RemindersResponse.from(choice);
  }

  /** Switches off the reminders of a link. Throws `unsubscribe_link_invalid`. */
  async switchOff(token: unknown): Promise<void> {
    const linkId = this.links.verify(token);
    if (linkId === undefined || !(await this.reminders.switchOff(linkId, this.clock.now())))
      throw progressErrors.unsubscribe_link_invalid();
  }

  private async assertReachable(userId: string): Promise<void> {
    this.mailer.assertConfigured();
    const account = await this.accounts.find(userId);
    if (!account?.email_verified_at) throw progressErrors.email_not_verified();
  }
}
