import { Injectable } from '@nestjs/common';
import { AccountsService } from '@/modules/users/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { HOUR } from '@/platform/kernel/durations.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { SettlementService } from '../streaks/settlement.service.js';
import { ReminderRepository } from './persistence/reminder.repository.js';
import { ReminderMailer } from './reminder-mailer.js';

/** After a longer outage, a reminder of the evening before is left out. */
const LATEST_SECONDS = 3 * HOUR;

/** Sends the reminders of learner-days, as jobs. */
@Injectable()
export class ReminderSender {
  constructor(
    private readonly reminders: ReminderRepository,
    private readonly accounts: AccountsService,
    private readonly settlement: SettlementService,
    private readonly mailer: ReminderMailer,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Sends one mail for a learner-day, unless the learner was active on it. */
  async send({ userId, dueAt }: { userId: string; dueAt: number }): Promise<void> {
    if (this.clock.millis() > dueAt + LATEST_SECONDS * 1000) return;
    const account = await this.accounts.find(userId);
    if (!account?.email_verified_at || !account.is_active) return;
    await this.settlement.refresh(userId); // records sessions that were left open
    await this.unitOfWork.run(async () => {
      const now = this.clock.now();
      const { today, current_streak } = await this.settlement.settle(userId, now);
      const linkId = await this.reminders.takeDay(userId, today, now);
      if (linkId !== undefined) await this.mailer.send(account.email, { linkId, streak: current_streak });
    });
  }
}
