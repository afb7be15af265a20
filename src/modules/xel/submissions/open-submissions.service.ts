import { Injectable } from '@nestjs/common';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { Course, type CourseTask } from '../course/course.js';
import type { OpenTaskRequest } from '../open-tasks/open-task-evaluator.js';
import { OpenTaskEvaluators } from '../open-tasks/open-task-evaluators.js';
import { LearnerProgressService } from '../task-progress/learner-progress.service.js';
import { MAX_SCORE, toTriesLeft } from '../task-progress/task-progress.rules.js';
import { xelErrors } from '../xel.errors.js';
import { AttemptRecorder, type RecordedAttempt } from './attempt-recorder.js';
import type { XelPendingSubmissionResponse, XelSubmissionResponse } from './dto/submission.response.js';
import { AttemptRepository } from './persistence/attempt.repository.js';
import { PASS_SCORES } from './scoring/score.js';
import { SubmissionPresenter } from './submission-presenter.js';

/** The finished evaluation of a response to an open task. */
export interface EvaluatedTask {
  userId: string;
  organizationId: OrganizationId | null;
  taskId: string;
  evaluationId: string;
  /** From 0 to 100. */
  score: number;
  timeSpentSeconds: number | null;
}

/** Takes responses to writing and speaking tasks, which an evaluator scores. */
@Injectable()
export class OpenSubmissionsService {
  constructor(
    private readonly evaluators: OpenTaskEvaluators,
    private readonly recorder: AttemptRecorder,
    private readonly attempts: AttemptRepository,
    private readonly presenter: SubmissionPresenter,
    private readonly progress: LearnerProgressService,
    private readonly course: Course,
  ) {}

  async submit(request: OpenTaskRequest): Promise<XelSubmissionResponse | XelPendingSubmissionResponse> {
    const evaluator = this.evaluators.find();
    if (!evaluator) throw xelErrors.evaluation_unavailable({ permanent: true });
    const result = await evaluator.evaluate(request);
    const { evaluationId } = result;
    switch (result.status) {
      case 'queued':
      case 'running':
        return { id: evaluationId, status: result.status, evaluation_id: evaluationId };
      case 'could_not_evaluate':
        return this.presentUncounted(request, result);
      case 'done':
        return this.presentCounted(request, result);
    }
  }

  /**
   * Counts a finished evaluation as an attempt, in the transaction of the caller if there is one. Returns null when it has been
   * counted before, or when the course has no such task any more.
   */
  async credit({ taskId, ...evaluated }: EvaluatedTask): Promise<RecordedAttempt | null> {
    const task = this.course.findTask(taskId);
    if (!task) return null;
    const passed = evaluated.score >= PASS_SCORES[task.content.type];
    return this.recorder.record({ ...evaluated, task, passed, response: null });
  }

  /** The transaction that stored the result has counted the attempt. */
  private async presentCounted(
    { actor, task }: OpenTaskRequest,
    { evaluationId, feedback }: { evaluationId: string; feedback: string },
  ): Promise<XelSubmissionResponse> {
    const attempt = await this.attempts.findOfEvaluation(actor.userId, evaluationId);
    if (!attempt) throw new Error(`The evaluation ${evaluationId} was not counted.`);
    const state = (await this.progress.load(actor.userId)).get(task.id);
    return this.presenter.present(
      task,
      {
        attempt,
        outcome: {
          scored: attempt.scored,
          assisted: attempt.assisted,
          best_score: state?.best_score ?? attempt.score,
          tries: state?.tries ?? 0,
          solution_shown: state?.solution_shown ?? false,
        },
      },
      { feedback, parts: [], solution: null },
    );
  }

  /** A response that could not be evaluated uses no try. */
  private async presentUncounted(
    { actor, task }: { actor: OpenTaskRequest['actor']; task: CourseTask },
    { evaluationId, feedback }: { evaluationId: string; feedback: string },
  ): Promise<XelSubmissionResponse> {
    const state = (await this.progress.load(actor.userId)).get(task.id);
    return {
      task_id: task.id,
      attempt_id: null,
      task_version: task.version,
      score: 0,
      max_score: MAX_SCORE,
      passed: false,
      scored: false,
      assisted: false,
      feedback,
      parts: [],
      progress: await this.presenter.presentProgress(actor.userId, task),
      best_score: state?.best_score ?? null,
      xp_awarded: 0,
      tries_left: toTriesLeft(state),
      solution: null,
      evaluation_id: evaluationId,
    };
  }
}
