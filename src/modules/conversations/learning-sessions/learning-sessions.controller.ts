import { Controller, Get, Post } from '@nestjs/common';
import { Requires, type Actor, CurrentActor } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { PathId } from '@/platform/validation/index.js';
import { conversationErrors as errors } from '../conversations.errors.js';
import { LearningSessionResponse, NoLearningSessionResponse } from './dto/learning-session.responses.js';
import { LearningSessionsService } from './learning-sessions.service.js';

const LOOKUP_ERRORS = [errors.conversation_not_found, platformErrors.two_factor_required];

@ApiTags('Conversations')
@Controller('api/core/conversations/:conversation_id/session')
export class LearningSessionsController {
  constructor(private readonly sessions: LearningSessionsService) {}

  @Post('start')
  @Requires('conversations:write')
  @Operation({
    summary: 'Start a conversation session',
    description: 'If a session is already active, it is returned.',
    response: LearningSessionResponse,
    errors: LOOKUP_ERRORS,
  })
  startLearningSession(
    @CurrentActor() actor: Actor,
    @PathId('conversation_id', errors.conversation_not_found) id: string,
  ): Promise<LearningSessionResponse> {
    return this.sessions.start(actor, id);
  }

  @Post('activity')
  @Requires('conversations:write')
  @Operation({
    summary: 'Update session activity',
    description: 'After 30 minutes without activity the session ends, dated at the last activity.',
    response: LearningSessionResponse,
    errors: [...LOOKUP_ERRORS, errors.learning_session_not_found],
  })
  touchLearningSession(
    @CurrentActor() actor: Actor,
    @PathId('conversation_id', errors.conversation_not_found) id: string,
  ): Promise<LearningSessionResponse> {
    return this.sessions.touch(actor, id);
  }

  @Post('end')
  @Requires('conversations:write')
  @Operation({
    summary: 'End a conversation session',
    response: LearningSessionResponse,
    errors: [...LOOKUP_ERRORS, errors.learning_session_not_found],
  })
  endLearningSession(
    @CurrentActor() actor: Actor,
    @PathId('conversation_id', errors.conversation_not_found) id: string,
  ): Promise<LearningSessionResponse> {
    return this.sessions.end(actor, id);
  }

  @Get('status')
  @Requires('conversations:read')
  @Operation({
    summary: 'Get current session status',
    response: { oneOf: [LearningSessionResponse, NoLearningSessionResponse] },
    errors: LOOKUP_ERRORS,
  })
  getLearningSession(
    @CurrentActor() actor: Actor,
    @PathId('conversation_id', errors.conversation_not_found) id: string,
  ): Promise<LearningSessionResponse | NoLearningSessionResponse> {
    return this.sessions.status(actor, id);
  }
}
