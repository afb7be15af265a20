import { Controller, Get, Post } from '@nestjs/common';
import { type Actor, CurrentActor, Requires } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { PageQuery } from '@/platform/pagination/index.js';
import { Body, Query, PathId } from '@/platform/validation/index.js';
import { xelErrors as errors } from '../xel.errors.js';
import { XelReviewAnswerRequest, XelReviewResult } from './dto/review-answer.dto.js';
import { XelReviewItem } from './dto/review-item.response.js';
import { ReviewAnswersService } from './review-answers.service.js';
import { ReviewsService } from './reviews.service.js';

/** Spaced repetition of errors. */
@ApiTags('Xentree English')
@Controller('api/xel/reviews')
export class ReviewsController {
  constructor(
    private readonly reviews: ReviewsService,
    private readonly answers: ReviewAnswersService,
  ) {}

  @Get()
  @Requires('xel:read')
  @Operation({
    summary: 'List what you have to review today',
    description:
      'Errors of your evaluated texts, and tasks that you answered wrongly, those that are due for longest first. The ' +
      'corrections are not part of it. The dashboard has the number of items.',
    response: [XelReviewItem],
  })
  listReviews(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<XelReviewItem[]> {
    return this.reviews.list(actor, query);
  }

  @Post(':review_id')
  @Requires('xel:write')
  @Operation({
    summary: 'Review an item',
    description:
      'The server scores the answer, returns the correction, and schedules the next review. An item is reviewed once on a day ' +
      'on which it is due.',
    response: XelReviewResult,
    errors: [errors.review_not_found, errors.review_not_due, platformErrors.two_factor_required],
    idempotent: 'in-transaction',
    bodyRequired: true,
  })
  answerReview(
    @CurrentActor() actor: Actor,
    @PathId('review_id', errors.review_not_found) id: string,
    @Body() request: XelReviewAnswerRequest,
  ): Promise<XelReviewResult> {
    return this.answers.answer(actor, id, request);
  }
}
