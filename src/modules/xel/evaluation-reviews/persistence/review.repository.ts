import { Injectable } from '@nestjs/common';
import { organizationErrors } from '@/modules/organizations/index.js';
import type { Evaluation } from '@/modules/xel/evaluations/persistence/evaluation.entity.js';
import { ReviewRequest } from '@/modules/xel/evaluations/persistence/review-request.entity.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import type { PageWindow } from '@/platform/pagination/index.js';
import {
  defineKeyset,
  keysetQuery,
  mapConstraintErrors,
  RepositoryBase,
  UnitOfWork,
} from '@/platform/persistence/index.js';

const RANK = (role: string): string =>
  `array_position(ARRAY['owner', 'admin', 'team_manager', 'member'], ${role}::text)`;

/**
 * Condition that the user `$1` may decide the request `r` about the evaluation `e`: the learner is a member with a lower role, and
 * of a team manager also in one team with them. `$2`: the session has used a second factor.
 */
const IS_DECIDABLE = `EXISTS (
  SELECT FROM memberships d
  JOIN organizations o ON o.id = d.organization_id
  JOIN memberships l ON l.organization_id = d.organization_id AND l.user_id = e.owner_id
  WHERE d.organization_id = r.organization_id AND d.user_id = $1 AND (NOT o.enforce_2fa OR $2::boolean)
    AND ${RANK('d.role')} < ${RANK('l.role')}
    AND (d.role IN ('owner', 'admin') OR (d.role = 'team_manager' AND EXISTS (
      SELECT FROM team_members a JOIN team_members b ON b.team_id = a.team_id AND b.user_id = l.user_id
      JOIN teams t ON t.id = a.team_id AND t.organization_id = r.organization_id
      WHERE a.user_id = $1))))`;

/** A request with what a list shows of its evaluation. */
export type ReviewListRow = ReviewRequest &
  Pick<Evaluation, 'skill' | 'task_id' | 'overall_score' | 'cefr'> & { learner_id: string; username: string };

const LIST = defineKeyset(
  'xel_reviews.list',
  'r.id < $5::uuid',
  (after) => `SELECT r.*, e.owner_id AS learner_id, u.username, e.skill, e.task_id, e.overall_score, e.cefr
    FROM xel_review_requests r JOIN xel_evaluations e ON e.id = r.evaluation_id JOIN users u ON u.id = e.owner_id
    WHERE r.organization_id = $3 AND r.status = 'open' AND ${IS_DECIDABLE} ${after} ORDER BY r.id DESC LIMIT $4`,
);

const REQUEST = {
  name: 'xel_reviews.request',
  text: `INSERT INTO xel_review_requests (id, evaluation_id, organization_id, reason, status, created_at)
    VALUES ($1, $2, $3, $4, 'open', $5) ON CONFLICT (evaluation_id) WHERE status = 'open' DO NOTHING`,
};

const OPEN = {
  name: 'xel_reviews.open',
  text: `SELECT e.*, to_jsonb(r) AS review FROM xel_review_requests r JOIN xel_evaluations e ON e.id = r.evaluation_id
    WHERE r.id = $3 AND r.organization_id = $4 AND r.status = 'open' AND ${IS_DECIDABLE}`,
};

const DECIDE = {
  name: 'xel_reviews.decide',
  text: `UPDATE xel_review_requests r SET status = 'decided', decided_score = $4, decision_reason = $5, decided_by = $1,
      decided_at = $6, decided_role = (
        SELECT d.role FROM memberships d WHERE d.organization_id = r.organization_id AND d.user_id = $1)
    FROM xel_evaluations e
    WHERE r.evaluation_id = $3 AND e.id = r.evaluation_id AND r.status = 'open' AND ${IS_DECIDABLE}
    RETURNING r.*, e.overall_score AS original_score`,
};

export interface DecidedReview extends ReviewRequest {
  original_score: number | null;
}

export interface Decider {
  userId: string;
  hasSecondFactor: boolean;
}

/** Stores requests for reviews. Methods with a decider find only requests that they may decide. */
@Injectable()
export class ReviewRepository extends RepositoryBase<ReviewRequest> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, ReviewRequest);
  }

  /** Stores the request, unless the evaluation has an open one. */
  async request(
    input: Pick<ReviewRequest, 'id' | 'evaluation_id' | 'organization_id' | 'reason' | 'created_at'>,
  ): Promise<void> {
    const values = [input.id, input.evaluation_id, input.organization_id, input.reason, input.created_at];
    const errors = {
      xel_review_requests_evaluation_id_fkey: organizationErrors.organization_not_found,
      xel_review_requests_organization_id_fkey: organizationErrors.organization_not_found,
    };
    await mapConstraintErrors(errors, () => this.query(REQUEST, values));
  }

  /** Returns the open requests of an organization, newest first. */
  list(
    decider: Decider,
    organizationId: OrganizationId,
    window: PageWindow<string>,
  ): Promise<ReviewListRow[]> {
    const values = [decider.userId, decider.hasSecondFactor, organizationId];
    return this.query<ReviewListRow>(...keysetQuery(LIST, values, window));
  }

  /** Returns the evaluation of an open request, with the request. */
  open(
    decider: Decider,
    organizationId: OrganizationId,
    id: string,
  ): Promise<(Evaluation & { review: ReviewRequest }) | undefined> {
    return this.one(OPEN, [decider.userId, decider.hasSecondFactor, id, organizationId]);
  }

  /** Decides the open request of an evaluation. Returns undefined without one; of parallel decisions one wins. */
  decide(
    decider: Decider,
    evaluationId: string,
    decision: { score: number; reason: string; now: Date },
  ): Promise<DecidedReview | undefined> {
    const { score, reason, now } = decision;
    return this.one(DECIDE, [decider.userId, decider.hasSecondFactor, evaluationId, score, reason, now]);
  }
}
