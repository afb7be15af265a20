import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobQueue } from '@/platform/jobs/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { ReminderRepository } from './persistence/reminder.repository.js';
import { ReminderSender } from './reminder-sender.js';

const REMINDER_JOB = 'progress.remind';
const BATCH_SIZE = 500;

interface ReminderPayload {
  userId: string;
  /** Milliseconds since the epoch. */
  dueAt: number;
}

/** Queues a job for each reminder that is due. */
@Injectable()
export class ReminderScheduler implements OnModuleInit {
  constructor(
    private readonly reminders: ReminderRepository,
    private readonly sender: ReminderSender,
    private readonly jobs: JobQueue,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.registerMinutely(() => this.run());
    this.jobs.registerHandler(REMINDER_JOB, (payload) => this.sender.send(payload as ReminderPayload));
  }

  /** Each reminder is moved on and queued in one transaction, so that of several processes one queues it. */
  async run(): Promise<void> {
    const now = this.clock.now();
    await this.reminders.followZones(now);
    while ((await this.queueBatch(now)) === BATCH_SIZE);
  }

  private queueBatch(now: Date): Promise<number> {
    return this.unitOfWork.run(async () => {
      const due = await this.reminders.takeDue(now, BATCH_SIZE);
      const jobs = due.map(({ user_id: userId, due_at }) => {
        const payload: ReminderPayload = { userId, dueAt: due_at.getTime() };
        return { payload, serialKey: userId };
      });
      if (jobs.length > 0) await this.jobs.enqueueEach(REMINDER_JOB, jobs);
      return jobs.length;
    });
  }
}
