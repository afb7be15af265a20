import { Injectable } from '@nestjs/common';
import type { Actor } from '@/platform/access/index.js';
import { requestContext } from '@/platform/context/index.js';
import { invalidField } from '@/platform/errors/index.js';
import { Course, type CourseTask } from '../course/course.js';
import { TaskAvailability } from '../task-progress/task-availability.js';
import { xelErrors } from '../xel.errors.js';
import { AttemptRecorder } from './attempt-recorder.js';
import type { XelTaskSubmissionRequest } from './dto/submission.request.js';
import type { XelPendingSubmissionResponse, XelSubmissionResponse } from './dto/submission.response.js';
import { OpenSubmissionsService } from './open-submissions.service.js';
import { parseResponse } from './scoring/response-shape.js';
import { type ClosedContent, isOpen, PASS_SCORES, scoreResponse } from './scoring/score.js';
import { toSolution } from './scoring/solution.js';
import { SubmissionPresenter } from './submission-presenter.js';

/** Takes and scores the responses of learners to tasks. */
@Injectable()
export class SubmissionsService {
  constructor(
    private readonly course: Course,
    private readonly availability: TaskAvailability,
    private readonly recorder: AttemptRecorder,
    private readonly openSubmissions: OpenSubmissionsService,
    private readonly presenter: SubmissionPresenter,
  ) {}

  async submit(
    actor: Actor,
    taskId: string,
    request: XelTaskSubmissionRequest,
  ): Promise<XelSubmissionResponse | XelPendingSubmissionResponse> {
    const task = this.course.findTask(taskId);
    if (!task) throw xelErrors.xel_task_not_found();
    assertNamesTask(task, request);
    const { content } = task;
    const { response, time_spent_seconds: timeSpentSeconds = null } = request;
    if (isOpen(content)) {
      const result = await this.openSubmissions.submit({ actor, task, response, timeSpentSeconds });
      if ('status' in result) requestContext.setSuccessStatus(202);
      return result;
    }
    return this.submitClosed(actor, task, content, request);
  }

  private async submitClosed(
    actor: Actor,
    task: CourseTask,
    content: ClosedContent,
    { response: given, time_spent_seconds }: XelTaskSubmissionRequest,
  ): Promise<XelSubmissionResponse> {
    const response = parseResponse(content, given);
    if (!this.availability.isAvailable(task)) throw xelErrors.task_audio_unavailable({ permanent: true });
    const { score, feedback, parts } = scoreResponse(content, response);
    const recorded = await this.recorder.record({
      userId: actor.userId,
      organizationId: actor.via === 'api_key' ? actor.organizationId : null,
      task,
      response,
      evaluationId: null,
      score,
      passed: score >= PASS_SCORES[content.type],
      timeSpentSeconds: time_spent_seconds ?? null,
    });
    if (!recorded) throw new Error('A closed task has no evaluation.');
    const solution = recorded.outcome.solution_shown ? toSolution(content) : null;
    return this.presenter.present(task, recorded, { feedback, parts, solution });
  }
}

/** Throws 400 when the body names another task or module than the path. */
function assertNamesTask(task: CourseTask, { module_id, task_id }: XelTaskSubmissionRequest): void {
  if (task_id !== undefined && task_id !== task.id)
    throw invalidField('task_id', 'path', 'must be the task of the path');
  if (module_id !== undefined && module_id !== task.moduleId)
    throw invalidField('module_id', 'module', 'must be the module of the task');
}
