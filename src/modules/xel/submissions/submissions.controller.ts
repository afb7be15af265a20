import { Controller, Get, Param, Post, type StreamableFile } from '@nestjs/common';
import { aiErrors } from '@/modules/ai/index.js';
import { liveErrors } from '@/modules/live/index.js';
import { type Actor, CurrentActor, Requires } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Body, Query } from '@/platform/validation/index.js';
import { xelErrors as errors } from '../xel.errors.js';
import { XelTaskSubmissionRequest } from './dto/submission.request.js';
import { XelPendingSubmissionResponse, XelSubmissionResponse } from './dto/submission.response.js';
import { XelTaskAudioQuery, XelTaskAudioText } from './dto/task-audio.dto.js';
import { SubmissionsService } from './submissions.service.js';
import { TaskAudioService } from './task-audio.service.js';

const SPEECH_ERRORS = [
  aiErrors.provider_failed,
  aiErrors.provider_timeout,
  aiErrors.ai_unavailable,
  platformErrors.overloaded,
];

/** Responses of learners to tasks. */
@ApiTags('Xentree English')
@Controller('api/xel/tasks/:task_id')
export class SubmissionsController {
  constructor(
    private readonly submissions: SubmissionsService,
    private readonly audio: TaskAudioService,
  ) {}

  @Post('submit')
  @Requires('xel:write')
  @Operation({
    summary: 'Submit a learning task response',
    description:
      'The server scores it. The first right one of three tries pays XP; after success or three tries the solution is shown, and ' +
      'further attempts are practice.',
    response: { oneOf: [XelSubmissionResponse, XelPendingSubmissionResponse] },
    errors: [
      errors.xel_task_not_found,
      errors.task_audio_unavailable,
      errors.evaluation_unavailable,
      liveErrors.live_transcript_not_found,
      liveErrors.live_transcript_not_kept_by_server,
      platformErrors.two_factor_required,
    ],
    idempotent: true,
  })
  submitTask(
    @CurrentActor() actor: Actor,
    @Param('task_id') taskId: string,
    @Body() request: XelTaskSubmissionRequest,
  ): Promise<XelSubmissionResponse | XelPendingSubmissionResponse> {
    return this.submissions.submit(actor, taskId, request);
  }

  @Get('audio')
  @Requires('xel:read')
  @Operation({
    summary: 'Get the audio of a task, or its text',
    description: 'With a speech provider, the response without `as` is a WAV file.',
    response: XelTaskAudioText,
    errors: [
      errors.xel_task_not_found,
      errors.task_audio_not_found,
      errors.task_audio_unavailable,
      ...SPEECH_ERRORS,
    ],
  })
  getTaskAudio(
    @CurrentActor() actor: Actor,
    @Param('task_id') taskId: string,
    @Query() { as }: XelTaskAudioQuery,
  ): Promise<XelTaskAudioText | StreamableFile> {
    return this.audio.get(actor, taskId, as === 'text');
  }
}
