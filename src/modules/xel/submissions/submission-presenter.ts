import { Injectable } from '@nestjs/common';
import { Course, type CourseTask } from '../course/course.js';
import { LearnerProgressService } from '../task-progress/learner-progress.service.js';
import { MAX_SCORE, MAX_TRIES } from '../task-progress/task-progress.rules.js';
import type { RecordedAttempt } from './attempt-recorder.js';
import { XelSubmissionProgress, type XelSubmissionResponse } from './dto/submission.response.js';

type PresentedOutcome = Omit<RecordedAttempt['outcome'], 'first_right_try' | 'completed_now'>;
type Judgement = Pick<XelSubmissionResponse, 'feedback' | 'parts' | 'solution'>;

/** Tells a learner how an attempt went. */
@Injectable()
export class SubmissionPresenter {
  constructor(
    private readonly course: Course,
    private readonly progress: LearnerProgressService,
  ) {}

  async present(
    task: CourseTask,
    { attempt, outcome }: Pick<RecordedAttempt, 'attempt'> & { outcome: PresentedOutcome },
    judgement: Judgement,
  ): Promise<XelSubmissionResponse> {
    return {
      task_id: task.id,
      attempt_id: attempt.id,
      task_version: task.version,
      score: attempt.score,
      max_score: MAX_SCORE,
      passed: attempt.passed,
      scored: outcome.scored,
      assisted: outcome.assisted,
      ...judgement,
      progress: await this.presentProgress(attempt.user_id, task),
      best_score: outcome.best_score,
      xp_awarded: attempt.xp_awarded,
      tries_left: outcome.solution_shown ? 0 : MAX_TRIES - outcome.tries,
      evaluation_id: attempt.evaluation_id,
    };
  }

  /** Returns the progress of a user in the module of a task. */
  async presentProgress(userId: string, { moduleId }: CourseTask): Promise<XelSubmissionProgress> {
    const module = this.course.findModule(moduleId);
    if (!module) throw new Error(`The course has no module ${moduleId}.`);
    const states = await this.progress.load(userId);
    return XelSubmissionProgress.from(module, this.progress.toModuleState(module, states));
  }
}
