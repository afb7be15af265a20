import { Controller, Delete, Get, Post } from '@nestjs/common';
import { aiErrors } from '@/modules/ai/index.js';
import { liveErrors } from '@/modules/live/index.js';
import { xelErrors } from '@/modules/xel/xel.errors.js';
import { type Actor, CurrentActor, Requires } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { PageQuery } from '@/platform/pagination/index.js';
import { type ReceivedFile, UploadedFile } from '@/platform/uploads/index.js';
import { Body, Query, PathId } from '@/platform/validation/index.js';
import { EVALUATION_FORM, XelEvaluationRequest } from './dto/evaluate.request.js';
import {
  EvaluationResponse,
  EvaluationSummaryResponse,
  PendingEvaluationResponse,
} from './dto/evaluation.response.js';
import { evaluationErrors as errors } from './evaluation.errors.js';
import { EvaluationsService } from './evaluations.service.js';

const LOOKUP_ERRORS = [errors.evaluation_not_found, platformErrors.two_factor_required];

const RECORDING_ERRORS = [
  platformErrors.file_too_large,
  aiErrors.provider_failed,
  aiErrors.provider_timeout,
  aiErrors.ai_unavailable,
  platformErrors.overloaded,
];

/** Evaluations of speaking and writing. */
@ApiTags('Xentree English')
@Controller('api/xel')
export class EvaluationsController {
  constructor(private readonly evaluations: EvaluationsService) {}

  @Post('evaluate')
  @Requires('xel:write')
  @Operation({
    summary: 'Run AI evaluation for speaking or writing',
    description:
      'Answers 200 when the result is there within ten seconds, else 202, and with an `Idempotency-Key` always 202: read the result ' +
      'by its id then. It pays no XP: submit the task for that.',
    response: { oneOf: [EvaluationResponse, PendingEvaluationResponse] },
    errors: [
      ...LOOKUP_ERRORS,
      ...RECORDING_ERRORS,
      xelErrors.xel_task_not_found,
      errors.evaluation_not_comparable,
      liveErrors.live_transcript_not_found,
      liveErrors.live_transcript_not_kept_by_server,
    ],
    idempotent: true,
    upload: EVALUATION_FORM,
  })
  evaluateText(
    @CurrentActor() actor: Actor,
    @Body() request: XelEvaluationRequest,
    @UploadedFile() file: ReceivedFile | undefined,
  ): Promise<EvaluationResponse | PendingEvaluationResponse> {
    return this.evaluations.evaluate(actor, request, file);
  }

  @Get('evaluations')
  @Requires('xel:read')
  @Operation({
    summary: 'List your evaluations',
    description: 'Newest first.',
    response: [EvaluationSummaryResponse],
  })
  listEvaluations(
    @CurrentActor() actor: Actor,
    @Query() query: PageQuery,
  ): Promise<EvaluationSummaryResponse[]> {
    return this.evaluations.list(actor, query);
  }

  @Get('evaluations/:evaluation_id')
  @Requires('xel:read')
  @Operation({ summary: 'Get an evaluation', response: EvaluationResponse, errors: LOOKUP_ERRORS })
  getEvaluation(
    @CurrentActor() actor: Actor,
    @PathId('evaluation_id', errors.evaluation_not_found) id: string,
  ): Promise<EvaluationResponse> {
    return this.evaluations.get(actor, id);
  }

  @Delete('evaluations/:evaluation_id')
  @Requires('xel:write')
  @Operation({
    summary: 'Delete an evaluation',
    description: 'With its text, its evidence and its review.',
    status: 204,
    errors: LOOKUP_ERRORS,
  })
  deleteEvaluation(
    @CurrentActor() actor: Actor,
    @PathId('evaluation_id', errors.evaluation_not_found) id: string,
  ): Promise<void> {
    return this.evaluations.delete(actor, id);
  }
}
