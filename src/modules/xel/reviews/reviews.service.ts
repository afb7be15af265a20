import { Injectable } from '@nestjs/common';
import { toOwner } from '@/modules/organizations/index.js';
import { LearnerDaysService } from '@/modules/progress/index.js';
import { Course } from '@/modules/xel/course/course.js';
import { XelTaskResponse } from '@/modules/xel/modules/dto/task.response.js';
import { LearnerProgressService } from '@/modules/xel/task-progress/learner-progress.service.js';
import type { TaskStates } from '@/modules/xel/task-progress/task-progress.rules.js';
import type { Actor } from '@/platform/access/index.js';
import { type PageQuery, toPage, windowByTime } from '@/platform/pagination/index.js';
import type { XelReviewCounts } from './dto/review-counts.response.js';
import { XelReviewItem } from './dto/review-item.response.js';
import { OfferedTasks } from './offered-tasks.js';
import {
  ReviewItemRepository,
  type ReviewItemRow,
  type ReviewScope,
} from './persistence/review-item.repository.js';

/** Lists what a learner has to review. */
@Injectable()
export class ReviewsService {
  constructor(
    private readonly items: ReviewItemRepository,
    private readonly tasks: OfferedTasks,
    private readonly course: Course,
    private readonly progress: LearnerProgressService,
    private readonly learnerDays: LearnerDaysService,
  ) {}

  /** Returns those that are due today, the ones that are due for longest first. */
  async list(actor: Actor, query: PageQuery): Promise<XelReviewItem[]> {
    const window = windowByTime(query);
    const rows = toPage(window, await this.items.list(await this.toScope(actor), window), toPosition);
    const states: TaskStates = rows.some(({ kind }) => kind === 'task')
      ? await this.progress.load(actor.userId)
      : new Map();
    return rows.map((row) => XelReviewItem.from(row, this.presentTask(row, states)));
  }

  async count(actor: Actor): Promise<XelReviewCounts> {
    const scope = await this.toScope(actor);
    const { due_count, total: total_items, next_due_day: next_due_on } = await this.items.count(scope);
    return { date: scope.today, due_count, total_items, next_due_on };
  }

  private async toScope(actor: Actor): Promise<ReviewScope> {
    const today = await this.learnerDays.readToday(actor.userId);
    return { owner: toOwner(actor), today, taskIds: this.tasks.listIds() };
  }

  private presentTask({ task_id }: ReviewItemRow, states: TaskStates): XelTaskResponse | null {
    const task = task_id === null ? undefined : this.course.findTask(task_id);
    return task ? XelTaskResponse.from(task, states.get(task.id), true) : null;
  }
}

function toPosition({ due_day, id }: ReviewItemRow): { at: Date; id: string } {
  return { at: new Date(`${due_day}T00:00:00Z`), id };
}
