import { Injectable } from '@nestjs/common';
import { toOwner } from '@/modules/organizations/index.js';
import { LearnerDaysService } from '@/modules/progress/index.js';
import { xelErrors } from '@/modules/xel/xel.errors.js';
import type { Actor } from '@/platform/access/index.js';
import { daysBetween } from '@/platform/kernel/dates.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import type { XelReviewAnswerRequest, XelReviewResult } from './dto/review-answer.dto.js';
import { ReviewFinder } from './review-finder.js';
import { ReviewJudge } from './review-judge.js';
import { ReviewRecorder } from './review-recorder.js';

/** Takes the answers of learners to items that are due. */
@Injectable()
export class ReviewAnswersService {
  constructor(
    private readonly finder: ReviewFinder,
    private readonly judge: ReviewJudge,
    private readonly recorder: ReviewRecorder,
    private readonly learnerDays: LearnerDaysService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Scores an answer, and schedules the next review. Of parallel answers to an item, one counts. */
  answer(actor: Actor, id: string, request: XelReviewAnswerRequest): Promise<XelReviewResult> {
    return this.unitOfWork.run(async () => {
      const today = await this.learnerDays.lockToday(actor.userId);
      const item = await this.finder.find(toOwner(actor), id);
      if (item.due_day > today) throw notDue(item.due_day);
      const judgement = await this.judge.judge(item, request);
      const organizationId = actor.via === 'api_key' ? actor.organizationId : null;
      const recorded = await this.recorder.record({ item, judgement, today, organizationId });
      if (!recorded) throw notDue(item.due_day);
      const { next, xpAwarded } = recorded;
      return {
        id: item.id,
        ...judgement,
        due_on: next.due_day,
        interval_days: daysBetween(today, next.due_day),
        reviews: item.reviews + 1,
        xp_awarded: xpAwarded,
      };
    });
  }
}

function notDue(dueDay: string): Error {
  return xelErrors.review_not_due({ data: { due_on: dueDay } });
}
