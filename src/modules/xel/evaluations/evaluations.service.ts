import { Injectable } from '@nestjs/common';
import { HiddenRowExplainer, type Owner, toOwner } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/index.js';
import { requestContext } from '@/platform/context/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import { type PageQuery, toPage, windowById } from '@/platform/pagination/index.js';
import type { ReceivedFile } from '@/platform/uploads/index.js';
import type { XelEvaluationRequest } from './dto/evaluate.request.js';
import {
  EvaluationResponse,
  EvaluationSummaryResponse,
  PendingEvaluationResponse,
} from './dto/evaluation.response.js';
import { EvaluationQueue } from './evaluation-queue.js';
import { type ChosenSubject, EvaluationSubjects } from './evaluation-subjects.js';
import { evaluationErrors } from './evaluation.errors.js';
import { LearnerTextReader } from './learner-text-reader.js';
import type { LearnerText } from './learner-text.rules.js';
import {
  EvaluationRepository,
  type EvaluationRow,
  type NewEvaluation,
} from './persistence/evaluation.repository.js';

/** Evaluates texts and transcripts of learners, and lists, reads and deletes their evaluations. */
@Injectable()
export class EvaluationsService {
  constructor(
    private readonly evaluations: EvaluationRepository,
    private readonly queue: EvaluationQueue,
    private readonly subjects: EvaluationSubjects,
    private readonly texts: LearnerTextReader,
    private readonly hiddenRowExplainer: HiddenRowExplainer,
    private readonly clock: Clock,
  ) {}

  /** Evaluates a text or a recording; answers 202 when the result is not there within ten seconds. */
  async evaluate(
    actor: Actor,
    request: XelEvaluationRequest,
    file: ReceivedFile | undefined,
  ): Promise<EvaluationResponse | PendingEvaluationResponse> {
    const owner = toOwner(actor);
    const subject = this.subjects.find(request);
    const read = await this.texts.read(actor, request, file);
    await this.assertComparable(owner, request, subject);
    const row = await this.run(actor, { ...read, ...subject, request, isSubmission: false });
    return this.present(row);
  }

  /** Stores, queues and awaits an evaluation. Returns its row as it is then. */
  async run(
    actor: Actor,
    { text, words, skill, prompt, taskId, minWords, request, isSubmission }: EvaluationSubject,
  ): Promise<EvaluationRow> {
    const owner = toOwner(actor);
    const row: NewEvaluation = {
      id: newId(),
      owner_id: owner.userId,
      organization_id: owner.organizationId,
      skill,
      text,
      prompt,
      task_id: taskId,
      min_words: minWords,
      words,
      feedback_language:
        request.feedback_language ?? (await this.subjects.readFeedbackLanguage(owner.userId)),
      previous_evaluation_id: request.previous_evaluation_id ?? null,
      is_submission: isSubmission,
      time_spent_seconds: request.time_spent_seconds ?? null,
      created_at: this.clock.now(),
    };
    await this.queue.run(row, owner.keyId);
    return this.find(owner, row.id);
  }

  async list(actor: Actor, query: PageQuery): Promise<EvaluationSummaryResponse[]> {
    const window = windowById(query);
    const rows = await this.evaluations.list(toOwner(actor), window);
    return toPage(window, rows, ({ id }) => id).map((row) => EvaluationSummaryResponse.summarize(row));
  }

  async get(actor: Actor, id: string): Promise<EvaluationResponse> {
    return EvaluationResponse.from(await this.find(toOwner(actor), id));
  }

  /** Deletes an evaluation with its text, its evidence and its review. What a task has paid stays. */
  async delete(actor: Actor, id: string): Promise<void> {
    const owner = toOwner(actor);
    if (!(await this.evaluations.delete(owner, id))) throw await this.notFoundError(owner, id);
  }

  /** Throws `evaluation_not_found`. */
  async find(owner: Owner, id: string): Promise<EvaluationRow> {
    const row = await this.evaluations.find(owner, id);
    if (!row) throw await this.notFoundError(owner, id);
    return row;
  }

  private present(row: EvaluationRow): EvaluationResponse | PendingEvaluationResponse {
    if (row.status !== 'queued' && row.status !== 'running') return EvaluationResponse.from(row);
    requestContext.setSuccessStatus(202);
    return PendingEvaluationResponse.of(row);
  }

  private async assertComparable(
    owner: Owner,
    { previous_evaluation_id: id, skill }: XelEvaluationRequest,
    { prompt, taskId }: ChosenSubject,
  ): Promise<void> {
    if (id === undefined) return;
    const earlier = await this.find(owner, id);
    const isSameTask =
      taskId === null ? earlier.task_id === null && earlier.prompt === prompt : earlier.task_id === taskId;
    if (earlier.status !== 'done' || earlier.skill !== skill || !isSameTask)
      throw evaluationErrors.evaluation_not_comparable();
  }

  private notFoundError(owner: Owner, id: string): Promise<Error> {
    return this.hiddenRowExplainer.explainMissingRow(
      'xel_evaluations',
      id,
      owner,
      evaluationErrors.evaluation_not_found,
    );
  }
}

/** What is evaluated, and as what. */
export interface EvaluationSubject extends LearnerText, ChosenSubject {
  request: Pick<XelEvaluationRequest, 'feedback_language' | 'previous_evaluation_id'> & {
    time_spent_seconds?: number | null;
  };
  isSubmission: boolean;
}
