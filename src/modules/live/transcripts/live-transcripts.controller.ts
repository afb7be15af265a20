import { Controller, Delete, Get, Post } from '@nestjs/common';
import { type Actor, CurrentActor, Requires } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { PageQuery } from '@/platform/pagination/index.js';
import { Body, Query, PathId } from '@/platform/validation/index.js';
import { liveErrors as errors } from '../live.errors.js';
import { SaveLiveTranscriptsRequest } from './dto/live-transcript.requests.js';
import { LiveTranscriptDetailResponse, LiveTranscriptResponse } from './dto/live-transcript.responses.js';
import { LiveTranscriptsService } from './live-transcripts.service.js';

const LOOKUP_ERRORS = [errors.live_transcript_not_found, platformErrors.two_factor_required];

/** JSON can need two bytes for a byte of text. */
const BODY_LIMIT = 10 * 1024 * 1024;

@ApiTags('Xentree Live')
@Controller('api/live/transcripts')
export class LiveTranscriptsController {
  constructor(private readonly transcripts: LiveTranscriptsService) {}

  @Get()
  @Requires('live:read')
  @Operation({
    summary: 'List live transcripts for the current user',
    description: 'Newest first.',
    response: [LiveTranscriptResponse],
  })
  listLiveTranscripts(
    @CurrentActor() actor: Actor,
    @Query() query: PageQuery,
  ): Promise<LiveTranscriptResponse[]> {
    return this.transcripts.list(actor, query);
  }

  @Post()
  @Requires('session')
  @Operation({
    summary: 'Save live session transcripts',
    description:
      'The server keeps the transcripts of sessions with a socket itself: then the status is 200, and the response is the kept one.',
    status: 201,
    response: LiveTranscriptResponse,
    errors: [
      errors.live_session_not_found,
      platformErrors.two_factor_required,
      errors.live_transcripts_not_kept,
      platformErrors.body_too_large,
    ],
    idempotent: true,
    bodyLimit: BODY_LIMIT,
  })
  saveLiveTranscripts(
    @CurrentActor() actor: Actor,
    @Body() request: SaveLiveTranscriptsRequest,
  ): Promise<LiveTranscriptResponse> {
    return this.transcripts.save(actor, request);
  }

  @Get(':transcript_id')
  @Requires('live:read')
  @Operation({
    summary: 'Get a single live transcript',
    response: LiveTranscriptDetailResponse,
    errors: LOOKUP_ERRORS,
  })
  getLiveTranscript(
    @CurrentActor() actor: Actor,
    @PathId('transcript_id', errors.live_transcript_not_found) id: string,
  ): Promise<LiveTranscriptDetailResponse> {
    return this.transcripts.read(actor, id);
  }

  @Delete(':transcript_id')
  @Requires('live:write')
  @Operation({ summary: 'Delete a live transcript', status: 204, errors: LOOKUP_ERRORS })
  deleteLiveTranscript(
    @CurrentActor() actor: Actor,
    @PathId('transcript_id', errors.live_transcript_not_found) id: string,
  ): Promise<void> {
    return this.transcripts.delete(actor, id);
  }
}
