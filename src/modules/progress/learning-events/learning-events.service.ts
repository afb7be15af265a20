import { Injectable } from '@nestjs/common';
import { Clock } from '@/platform/kernel/clock.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { LearningEventInput, RecordResult } from '../ledger/learning-event.js';
import { SettlementService } from '../streaks/settlement.service.js';
import { DeedRecorder } from './deed-recorder.js';
import { LearningAnnouncer } from './learning-announcer.js';

/** Records what learners did, and pays it. */
@Injectable()
export class LearningEventsService {
  constructor(
    private readonly settlement: SettlementService,
    private readonly recorder: DeedRecorder,
    private readonly announcer: LearningAnnouncer,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Records a deed once, in the transaction of the caller: a repetition with the same type and source records and pays
   * nothing. Locks the state of the learner until the transaction ends. A deed of the past belongs to its learner-day, unless
   * a later one has begun for the learner.
   */
  record(input: LearningEventInput): Promise<RecordResult> {
    return this.unitOfWork.run(async () => {
      const now = this.clock.now();
      const occurredAt = input.occurredAt && input.occurredAt < now ? input.occurredAt : now;
      if (input.occurredAt) await this.settlement.settleDays(input.userId, occurredAt);
      else await this.settlement.settle(input.userId, now);
      const xp = await this.recorder.record(input, { occurredAt, now });
      if (xp === null) return { recorded: false, xpAwarded: 0 };
      await this.announcer.announce(input, { occurredAt, now }, xp);
      return { recorded: true, xpAwarded: xp };
    });
  }
}
