import { Module } from '@nestjs/common';
import { UsersModule } from '@/modules/users/index.js';
import { SettlementModule } from '../streaks/settlement.module.js';
import { ReminderRepository } from './persistence/reminder.repository.js';
import { ReminderLinks } from './reminder-links.js';
import { ReminderMailer } from './reminder-mailer.js';
import { ReminderScheduler } from './reminder-scheduler.js';
import { ReminderSender } from './reminder-sender.js';
import { RemindersController } from './reminders.controller.js';
import { RemindersService } from './reminders.service.js';
import { UnsubscribeController } from './unsubscribe.controller.js';

/** Reminders by mail on days without learning. */
@Module({
  imports: [SettlementModule, UsersModule],
  controllers: [RemindersController, UnsubscribeController],
  providers: [
    ReminderLinks,
    ReminderMailer,
    ReminderRepository,
    ReminderScheduler,
    ReminderSender,
    RemindersService,
  ],
})
export class RemindersModule {}
