import { Injectable } from '@nestjs/common';
import type { ReviewItem, ReviewKind } from '@/modules/xel/reviews/persistence/review-item.entity.js';
import type { ReviewLogEntry } from '@/modules/xel/reviews/persistence/review-log-entry.entity.js';
import { ReviewLogRepository } from '@/modules/xel/reviews/persistence/review-log.repository.js';
import type { ReviewOccurrence } from '@/modules/xel/reviews/persistence/review-occurrence.entity.js';
import {
  scheduleFirst,
  scheduleRepeatedError,
  toRatingNumber,
} from '@/modules/xel/reviews/schedule.rules.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId, type OrganizationId } from '@/platform/kernel/ids.js';
import { ItemErrorRepository } from './persistence/item-error.repository.js';

/** Items of a learner. Beyond it, those that are due last make room for new ones. */
const MAX_ITEMS = 1000;

export interface Learner {
  userId: string;
  organizationId: OrganizationId | null;
}

/** An error as a learner made it. */
export interface MadeError {
  kind: ReviewKind;
  subject: string;
  ruleId: string | null;
  taskId: string | null;
  /** Null for a task. */
  occurrence: Omit<ReviewOccurrence, 'item_id'> | null;
}

/** The items of learners. An error that is made again reinforces its item. */
@Injectable()
export class ReviewItems {
  constructor(
    private readonly errors: ItemErrorRepository,
    private readonly log: ReviewLogRepository,
    private readonly clock: Clock,
  ) {}

  /** Adds errors of different subjects. The caller has locked the learner. */
  async add(learner: Learner, made: readonly MadeError[], today: string): Promise<void> {
    const owner = { owner_id: learner.userId, organization_id: learner.organizationId };
    const known = await this.errors.find(
      owner,
      made.map(({ subject }) => subject),
    );
    const bySubject = new Map(known.map((item) => [item.subject, item]));
    const now = this.clock.now();
    const items = made.map((error) => {
      const item = bySubject.get(error.subject);
      return item ? reinforce(item, today) : { ...toNewItem(error, today, now), ...owner };
    });
    await this.errors.save(items);
    await this.errors.saveOccurrences(toOccurrences(made, items));
    const counted = items.filter((item) => bySubject.get(item.subject)?.last_day !== today);
    await this.log.append(counted.map((item) => toLogEntry(item, now)));
    if (items.length > known.length) await this.errors.deleteSurplus(learner.userId, MAX_ITEMS);
  }
}

function toNewItem(
  { kind, subject, ruleId, taskId }: MadeError,
  today: string,
  now: Date,
): Omit<ReviewItem, 'owner_id' | 'organization_id'> {
  return {
    id: newId(),
    kind,
    subject,
    task_id: taskId,
    rule_id: ruleId,
    errors: 1,
    reviews: 0,
    created_at: now,
    ...scheduleFirst(today),
  };
}

function reinforce(item: ReviewItem, today: string): ReviewItem {
  return { ...item, ...scheduleRepeatedError(item, today), errors: item.errors + 1 };
}

function toOccurrences(made: readonly MadeError[], items: readonly ReviewItem[]): ReviewOccurrence[] {
  return made.flatMap(({ occurrence }, index) => {
    const item = items[index];
    return occurrence && item ? [{ ...occurrence, item_id: item.id }] : [];
  });
}

function toLogEntry(item: ReviewItem, now: Date): ReviewLogEntry {
  return {
    id: newId(),
    user_id: item.owner_id,
    item_id: item.id,
    cause: 'error',
    rating: toRatingNumber('again'),
    score: null,
    xp_awarded: 0,
    learner_day: item.last_day,
    due_day: item.due_day,
    stability: item.stability,
    difficulty: item.difficulty,
    created_at: now,
  };
}
