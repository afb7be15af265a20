import { Controller, Post, UseInterceptors } from '@nestjs/common';
import { aiErrors } from '@/modules/ai/index.js';
import { organizationErrors } from '@/modules/organizations/index.js';
import { type Actor, CurrentActor, Requires } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Body } from '@/platform/validation/index.js';
import { liveErrors as errors } from '../live.errors.js';
import { LiveSessionRequest, LiveStartSessionRequest } from './dto/live-session.requests.js';
import { LiveSessionResponse } from './dto/live-session.response.js';
import { LiveSessionsService } from './live-sessions.service.js';
import { LiveStartReplayInterceptor } from './live-start-replay.interceptor.js';

const LOOKUP_ERRORS = [errors.live_session_not_found, platformErrors.two_factor_required];

@ApiTags('Xentree Live')
@Controller('api/live/session')
export class LiveSessionsController {
  constructor(private readonly sessions: LiveSessionsService) {}

  @Post('start')
  @Requires('live:write')
  @Operation({
    summary: 'Start a live session',
    description:
      'If you have an active session, it is returned with the header `Idempotent-Replayed: true` and a new ticket.',
    response: LiveSessionResponse,
    errors: [
      organizationErrors.organization_not_found,
      platformErrors.two_factor_required,
      errors.live_session_active,
      errors.live_sessions_limit_reached,
      errors.live_quota_exceeded,
      aiErrors.ai_unavailable,
    ],
    idempotent: true,
  })
  @UseInterceptors(LiveStartReplayInterceptor)
  startLiveSession(
    @CurrentActor() actor: Actor,
    @Body() request: LiveStartSessionRequest,
  ): Promise<LiveSessionResponse> {
    return this.sessions.start(actor, request);
  }

  @Post('heartbeat')
  @Requires('live:write')
  @Operation({
    summary: 'Update an active live session heartbeat',
    description:
      'Extends the session by 45 seconds. Send a heartbeat every 15 seconds, unless a socket is open.',
    response: LiveSessionResponse,
    errors: [...LOOKUP_ERRORS, errors.live_session_ended, errors.live_quota_exceeded],
  })
  updateLiveSessionHeartbeat(
    @CurrentActor() actor: Actor,
    @Body() { session_id }: LiveSessionRequest,
  ): Promise<LiveSessionResponse> {
    return this.sessions.heartbeat(actor, session_id);
  }

  @Post('end')
  @Requires('live:write')
  @Operation({
    summary: 'End a live session',
    description: 'Repeating the request returns the same response.',
    response: LiveSessionResponse,
    errors: LOOKUP_ERRORS,
  })
  endLiveSession(
    @CurrentActor() actor: Actor,
    @Body() { session_id }: LiveSessionRequest,
  ): Promise<LiveSessionResponse> {
    return this.sessions.end(actor, session_id);
  }
}
