import { Injectable } from '@nestjs/common';
import { AuditLogService, OrganizationAccessService, toOwner } from '@/modules/organizations/index.js';
import { EvaluationResponse } from '@/modules/xel/evaluations/dto/evaluation.response.js';
import { ReviewResponse } from '@/modules/xel/evaluations/dto/review.response.js';
import { evaluationErrors } from '@/modules/xel/evaluations/evaluation.errors.js';
import { EvaluationsService } from '@/modules/xel/evaluations/evaluations.service.js';
import type { Actor, OrganizationActor } from '@/platform/access/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import { type PageQuery, toPage, windowById } from '@/platform/pagination/index.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { ReviewRequestResponse } from './dto/review-list.response.js';
import type { XelOverrideRequest, XelReviewRequestRequest } from './dto/review.request.js';
import { type Decider, ReviewRepository } from './persistence/review.repository.js';

/** Reviews of evaluations by persons of an organization: the learner asks, and the person reads that one evaluation and decides. */
@Injectable()
export class EvaluationReviewsService {
  constructor(
    private readonly reviews: ReviewRepository,
    private readonly evaluations: EvaluationsService,
    private readonly organizationAccess: OrganizationAccessService,
    private readonly auditLog: AuditLogService,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Asks for a review. An evaluation with an open request keeps it. */
  async request(actor: Actor, id: string, request: XelReviewRequestRequest): Promise<EvaluationResponse> {
    const evaluation = await this.evaluations.find(toOwner(actor), id);
    if (evaluation.status !== 'done') throw evaluationErrors.evaluation_not_done();
    const { organization_id } = await this.organizationAccess.authorizeIn(
      actor,
      request.organization_id,
      'organization.read',
    );
    const { reason = null } = request;
    await this.reviews.request({
      id: newId(),
      evaluation_id: id,
      organization_id,
      reason,
      created_at: this.clock.now(),
    });
    return this.evaluations.get(actor, id);
  }

  async list(actor: OrganizationActor, query: PageQuery): Promise<ReviewRequestResponse[]> {
    const window = windowById(query);
    const rows = await this.reviews.list(toDecider(actor), actor.organization.id, window);
    return toPage(window, rows, ({ id }) => id).map((row) => ReviewRequestResponse.from(row));
  }

  /** Returns the whole evaluation of an open request. The organization keeps an audit event of it. */
  read(actor: OrganizationActor, id: string): Promise<EvaluationResponse> {
    return this.unitOfWork.run(async () => {
      const row = await this.reviews.open(toDecider(actor), actor.organization.id, id);
      if (!row) throw evaluationErrors.review_request_not_found();
      await this.auditLog.recordFor(
        actor,
        'evaluation.opened',
        { type: 'user', id: row.owner_id },
        { evaluation_id: row.id },
      );
      return EvaluationResponse.from(row);
    });
  }

  /** Decides the open request of an evaluation: both scores are kept, and XP does not change. */
  decide(
    actor: Actor,
    id: string,
    { overall_score: score, reason }: XelOverrideRequest,
  ): Promise<ReviewResponse> {
    return this.unitOfWork.run(async () => {
      const decided = await this.reviews.decide(toDecider(actor), id, {
        score,
        reason,
        now: this.clock.now(),
      });
      if (!decided) throw evaluationErrors.review_request_not_found();
      const { organization_id: organizationId, original_score } = decided;
      await this.auditLog.record(actor, {
        organizationId,
        action: 'evaluation.overridden',
        target: { type: 'evaluation', id },
        details: { original_score, overall_score: score },
      });
      return ReviewResponse.from(decided, original_score);
    });
  }
}

function toDecider({ userId, secondFactor }: Actor): Decider {
  return { userId, hasSecondFactor: secondFactor };
}
