import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Skill } from '@/modules/xel/evaluation/evaluation.js';
import { EvaluationEvents } from '@/modules/xel/evaluations/evaluation-events.js';
import { EvaluationsService } from '@/modules/xel/evaluations/evaluations.service.js';
import type { Evaluation } from '@/modules/xel/evaluations/persistence/evaluation.entity.js';
import { TranscriptTexts } from '@/modules/xel/evaluations/transcript-texts.js';
import {
  type OpenTaskEvaluator,
  type OpenTaskRequest,
  type OpenTaskResult,
} from '@/modules/xel/open-tasks/open-task-evaluator.js';
import { OpenTaskEvaluators } from '@/modules/xel/open-tasks/open-task-evaluators.js';
import { OpenSubmissionsService } from '@/modules/xel/submissions/open-submissions.service.js';
import type { Actor } from '@/platform/access/index.js';
import { invalidField } from '@/platform/errors/index.js';
import { isId } from '@/platform/kernel/ids.js';

const MAX_CHARACTERS = 20_000;

/** Evaluates responses to writing and speaking tasks. The transaction that stores a result also counts it as an attempt. */
@Injectable()
export class TaskEvaluator implements OpenTaskEvaluator, OnModuleInit {
  constructor(
    private readonly evaluations: EvaluationsService,
    private readonly events: EvaluationEvents,
    private readonly submissions: OpenSubmissionsService,
    private readonly evaluators: OpenTaskEvaluators,
    private readonly transcriptTexts: TranscriptTexts,
  ) {}

  onModuleInit(): void {
    this.evaluators.register(this);
    this.events.onFinished(async (evaluation, result) => {
      if (evaluation.is_submission && result.status === 'done')
        await this.credit(evaluation, result.overallScore);
    });
  }

  async evaluate({ actor, task, response, timeSpentSeconds }: OpenTaskRequest): Promise<OpenTaskResult> {
    const { content } = task;
    const skill = content.type as Skill;
    const row = await this.evaluations.run(actor, {
      skill,
      text: await this.readText(actor, skill, response),
      words: null,
      prompt: content.prompt,
      taskId: task.id,
      minWords: content.type === 'writing' ? content.min_words : null,
      request: { time_spent_seconds: timeSpentSeconds },
      isSubmission: true,
    });
    const { id: evaluationId, status, result } = row;
    if (status === 'queued' || status === 'running') return { status, evaluationId };
    if (result?.status === 'done')
      return { status: 'done', evaluationId, score: result.overallScore, feedback: result.feedback };
    const reason = result?.reason ?? 'failed';
    const feedback = result?.feedback ?? 'The evaluation failed. Submit the response again.';
    return { status: 'could_not_evaluate', evaluationId, reason, feedback };
  }

  /** Throws 400 naming `response`, and what the reading of a transcript throws. */
  private readText(actor: Actor, skill: Skill, response: unknown): Promise<string> {
    const transcriptId = readTranscriptId(response);
    if (transcriptId === undefined) return Promise.resolve(readText(response));
    if (skill !== 'speaking' || !isId(transcriptId))
      throw invalidField('response', 'shape', 'must be a text, or the transcript_id of a speaking task');
    return this.transcriptTexts.read(actor, transcriptId.toLowerCase());
  }

  private async credit(
    { id, owner_id, organization_id, task_id, time_spent_seconds }: Evaluation,
    score: number,
  ): Promise<void> {
    await this.submissions.credit({
      userId: owner_id,
      organizationId: organization_id,
      taskId: task_id ?? '',
      evaluationId: id,
      score,
      timeSpentSeconds: time_spent_seconds,
    });
  }
}

function readTranscriptId(response: unknown): string | undefined {
  const { transcript_id: id } = (response ?? {}) as { transcript_id?: unknown };
  return typeof id === 'string' ? id : undefined;
}

/** Returns the text of a response. Throws 400 naming `response`. */
function readText(response: unknown): string {
  if (typeof response !== 'string') throw invalidField('response', 'shape', 'must be a text');
  if (response.trim() === '') throw invalidField('response', 'required', 'must not be empty');
  if (response.length > MAX_CHARACTERS)
    throw invalidField('response', 'max_length', `must have at most ${MAX_CHARACTERS} characters`);
  return response;
}
