import { Controller, Get, Patch, Post } from '@nestjs/common';
import { inOrganization, organizationErrors } from '@/modules/organizations/index.js';
import { EvaluationResponse } from '@/modules/xel/evaluations/dto/evaluation.response.js';
import { ReviewResponse } from '@/modules/xel/evaluations/dto/review.response.js';
import { evaluationErrors as errors } from '@/modules/xel/evaluations/evaluation.errors.js';
import { type Actor, CurrentActor, type OrganizationActor, Requires } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { PageQuery } from '@/platform/pagination/index.js';
import { Body, Query, PathId } from '@/platform/validation/index.js';
import { ReviewRequestResponse } from './dto/review-list.response.js';
import { XelOverrideRequest, XelReviewRequestRequest } from './dto/review.request.js';
import { EvaluationReviewsService } from './evaluation-reviews.service.js';

/** Reviews of evaluations by persons. */
@ApiTags('Xentree English')
@Controller('api')
export class EvaluationReviewsController {
  constructor(private readonly reviews: EvaluationReviewsService) {}

  @Post('xel/evaluations/:evaluation_id/review-request')
  @Requires('xel:write')
  @Operation({
    summary: 'Ask for a review of an evaluation by a person',
    description:
      'Until they decide, it opens this one evaluation, with its text, to those of the organization who may decide.',
    status: 201,
    response: EvaluationResponse,
    errors: [
      errors.evaluation_not_found,
      platformErrors.two_factor_required,
      errors.evaluation_not_done,
      organizationErrors.organization_not_found,
    ],
    idempotent: true,
  })
  requestReview(
    @CurrentActor() actor: Actor,
    @PathId('evaluation_id', errors.evaluation_not_found) id: string,
    @Body() request: XelReviewRequestRequest,
  ): Promise<EvaluationResponse> {
    return this.reviews.request(actor, id, request);
  }

  @Patch('xel/evaluations/:evaluation_id')
  @Requires('session')
  @Operation({
    summary: 'Decide a review of an evaluation',
    description:
      'The learner sees both scores, with the reason and the role of the person. XP does not change.',
    response: ReviewResponse,
    errors: [errors.review_request_not_found],
  })
  decideReview(
    @CurrentActor() actor: Actor,
    @PathId('evaluation_id', errors.review_request_not_found) id: string,
    @Body() request: XelOverrideRequest,
  ): Promise<ReviewResponse> {
    return this.reviews.decide(actor, id, request);
  }

  @Get('organizations/:org_id/review-requests')
  @Requires('session', inOrganization('reviews.decide'))
  @Operation({
    summary: 'List open review requests',
    description: 'Those that you may decide, newest first.',
    response: [ReviewRequestResponse],
  })
  listReviewRequests(
    @CurrentActor() actor: OrganizationActor,
    @Query() query: PageQuery,
  ): Promise<ReviewRequestResponse[]> {
    return this.reviews.list(actor, query);
  }

  @Get('organizations/:org_id/review-requests/:request_id')
  @Requires('session', inOrganization('reviews.decide'))
  @Operation({
    summary: 'Read the evaluation of a review request',
    description: 'The audit log of the organization records it.',
    response: EvaluationResponse,
    errors: [errors.review_request_not_found],
  })
  readReviewRequest(
    @CurrentActor() actor: OrganizationActor,
    @PathId('request_id', errors.review_request_not_found) id: string,
  ): Promise<EvaluationResponse> {
    return this.reviews.read(actor, id);
  }
}
