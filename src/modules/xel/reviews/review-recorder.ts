import { Injectable } from '@nestjs/common';
import { LearnerRewards } from '@/modules/xel/rewards/learner-rewards.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import type { ReviewItem } from './persistence/review-item.entity.js';
import { ReviewItemRepository } from './persistence/review-item.repository.js';
import { ReviewLogRepository } from './persistence/review-log.repository.js';
import type { Judgement } from './review-judge.js';
import { type Schedule, scheduleNext, toRatingNumber } from './schedule.rules.js';

/** A review of an item that is due. */
export interface ReviewInput {
  item: ReviewItem;
  judgement: Pick<Judgement, 'rating' | 'score'>;
  today: string;
  /** Of the API key; null for a session. */
  organizationId: OrganizationId | null;
}

export interface RecordedReview {
  next: Schedule;
  xpAwarded: number;
}

/** Records reviews, in the transaction of the caller. */
@Injectable()
export class ReviewRecorder {
  constructor(
    private readonly items: ReviewItemRepository,
    private readonly log: ReviewLogRepository,
    private readonly rewards: LearnerRewards,
    private readonly clock: Clock,
  ) {}

  /** Moves the item on, pays the review and logs it. Returns null when another review has moved the item on. */
  async record({ item, judgement, today, organizationId }: ReviewInput): Promise<RecordedReview | null> {
    const { id: itemId, owner_id: userId } = item;
    const next = scheduleNext(item, today, judgement.rating);
    if (!(await this.items.moveOn(item, next))) return null;
    const id = newId();
    const xpAwarded = await this.rewards.reviewItem({ userId, organizationId, itemId, reviewId: id });
    const entry = {
      id,
      user_id: userId,
      item_id: itemId,
      cause: 'review' as const,
      rating: toRatingNumber(judgement.rating),
      score: judgement.score,
      xp_awarded: xpAwarded,
      learner_day: today,
      due_day: next.due_day,
      stability: next.stability,
      difficulty: next.difficulty,
      created_at: this.clock.now(),
    };
    await this.log.append([entry]);
    return { next, xpAwarded };
  }
}
