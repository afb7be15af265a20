import { Injectable } from '@nestjs/common';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { MAX_TRIES, type TaskState } from '../task-progress.rules.js';
import { TaskProgress } from './task-progress.entity.js';

/** A task, of which user. */
export interface TaskKey {
  userId: string;
  moduleId: string;
  taskId: string;
}

export interface AttemptOutcome {
  /** The attempt counts as a try. */
  scored: boolean;
  tries: number;
  best_score: number | null;
  first_right_try: number | null;
  assisted: boolean;
  solution_shown: boolean;
  /** The attempt is the first one that passed. */
  completed_now: boolean;
}

const STATE = `p.task_id, p.tries, p.best_score, p.assisted, p.completed_at IS NOT NULL AS completed,
  p.solution_shown_at IS NOT NULL AS solution_shown`;

const LIST = {
  name: 'xel_task_progress.list',
  text: `SELECT ${STATE} FROM xel_task_progress p WHERE p.user_id = $1 ORDER BY p.task_id`,
};

const LOCK_MODULE = {
  name: 'xel_module_progress.lock',
  text: `INSERT INTO xel_module_progress (user_id, module_id, started_at, last_attempt_at) VALUES ($1, $2, $3, $3)
    ON CONFLICT (user_id, module_id) DO UPDATE SET last_attempt_at = excluded.last_attempt_at`,
};

/** An attempt is scored unless the solution had been shown before it. */
const COUNT_ATTEMPT = {
  name: 'xel_task_progress.count_attempt',
  text: `INSERT INTO xel_task_progress AS p
      (user_id, task_id, module_id, tries, best_score, first_right_try, assisted, last_scored_id, completed_by, completed_at,
       solution_shown_at, updated_at)
    VALUES ($1, $2, $3, 1, $5, CASE WHEN $6 THEN 1 END, false, $4, CASE WHEN $6 THEN $4::uuid END,
      CASE WHEN $6 THEN $7::timestamptz END, CASE WHEN $6 THEN $7::timestamptz END, $7)
    ON CONFLICT (user_id, task_id) DO UPDATE SET
      tries = p.tries + (p.solution_shown_at IS NULL)::int,
      best_score = CASE WHEN p.solution_shown_at IS NULL THEN greatest(p.best_score, $5) ELSE p.best_score END,
      first_right_try = CASE WHEN p.solution_shown_at IS NULL AND $6 THEN p.tries + 1 ELSE p.first_right_try END,
      last_scored_id = CASE WHEN p.solution_shown_at IS NULL THEN $4 ELSE p.last_scored_id END,
      completed_by = coalesce(p.completed_by, CASE WHEN $6 THEN $4::uuid END),
      completed_at = coalesce(p.completed_at, CASE WHEN $6 THEN $7::timestamptz END),
      solution_shown_at = coalesce(p.solution_shown_at,
        CASE WHEN $6 OR p.tries + 1 >= ${MAX_TRIES} THEN $7::timestamptz END),
      updated_at = $7
    RETURNING p.last_scored_id = $4 AS scored, p.tries, p.best_score, p.first_right_try, p.assisted,
      p.solution_shown_at IS NOT NULL AS solution_shown, coalesce(p.completed_by = $4, false) AS completed_now`,
};

const MARK_ASSISTED = {
  name: 'xel_task_progress.mark_assisted',
  text: `INSERT INTO xel_task_progress AS p (user_id, task_id, module_id, tries, assisted, updated_at)
    VALUES ($1, $2, $3, 0, true, $4)
    ON CONFLICT (user_id, task_id) DO UPDATE SET assisted = true, updated_at = $4
    WHERE NOT p.assisted AND p.solution_shown_at IS NULL`,
};

const COMPLETE_MODULE = {
  name: 'xel_module_progress.complete',
  text: `UPDATE xel_module_progress SET completed_at = $4
    WHERE user_id = $1 AND module_id = $2 AND completed_at IS NULL AND NOT EXISTS (
      SELECT FROM unnest($3::text[]) AS needed (task_id)
      LEFT JOIN xel_task_progress p ON p.user_id = $1 AND p.task_id = needed.task_id
      WHERE p.completed_at IS NULL)
    RETURNING module_id`,
};

/** The progress of users in tasks and modules. */
@Injectable()
export class TaskProgressRepository extends RepositoryBase<TaskProgress> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, TaskProgress);
  }

  /** Returns the progress in all tasks that the user has begun. */
  list(userId: string): Promise<TaskState[]> {
    return this.query<TaskState>(LIST, [userId]);
  }

  /** Locks the progress of the user in a module until the transaction ends. */
  async lockModule({ userId, moduleId }: TaskKey, now: Date): Promise<void> {
    await this.query(LOCK_MODULE, [userId, moduleId, now]);
  }

  async countAttempt(
    { userId, moduleId, taskId }: TaskKey,
    { id, score, passed }: { id: string; score: number; passed: boolean },
    now: Date,
  ): Promise<AttemptOutcome> {
    const values = [userId, taskId, moduleId, id, score, passed, now];
    const outcome = await this.one<AttemptOutcome>(COUNT_ATTEMPT, values);
    if (!outcome) throw new Error('The attempt was not counted.');
    return outcome;
  }

  /** Records that the user has read the text of the audio; without effect after the solution was shown. */
  async markAssisted({ userId, moduleId, taskId }: TaskKey, now: Date): Promise<void> {
    await this.query(MARK_ASSISTED, [userId, taskId, moduleId, now]);
  }

  /** Returns whether this call has completed the module: all these tasks are completed, and it was not completed before. */
  completeModule(
    { userId, moduleId }: Pick<TaskKey, 'userId' | 'moduleId'>,
    neededTaskIds: readonly string[],
    now: Date,
  ): Promise<boolean> {
    return this.affectedOneRow(COMPLETE_MODULE, [userId, moduleId, neededTaskIds, now]);
  }
}
