import { Controller, Get, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { conversationErrors } from '@/modules/conversations/index.js';
import { Requires, type Actor, CurrentActor } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { IdempotencyKey } from '@/platform/idempotency/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import {
  ClientDisconnect,
  type OnDisconnect,
  AcceptsEventStream,
  LastEventId,
  EventStreams,
} from '@/platform/sse/index.js';
import { Body, PathId } from '@/platform/validation/index.js';
import { aiErrors as errors } from '../ai.errors.js';
import { ChatService } from './chat.service.js';
import { ChatRequest } from './dto/chat.request.js';
import { ChatResponse } from './dto/chat.response.js';
import { GENERATION_EVENTS } from './dto/generation-events.response.js';
import { GenerationResponse } from './dto/generation.response.js';
import { GenerationsService } from './generations.service.js';

const EVENT_STREAM_DESCRIPTION = `The data of each event is JSON, and its id an increasing integer: \`start\` (\`GenerationStartEvent\`), \`delta\`
(\`GenerationDeltaEvent\`), \`sources\` (\`GenerationSourcesEvent\`), \`restart\` (\`GenerationRestartEvent\`: discard the text so
far). The last event is \`done\` (\`ChatResponse\`) or \`error\` (\`ErrorResponse\`).`;

/** Chat requests, and the generations that they start. */
@ApiTags('Conversations')
@Controller('api/ai')
export class GenerationsController {
  constructor(
    private readonly chat: ChatService,
    private readonly generations: GenerationsService,
    private readonly streams: EventStreams,
  ) {}

  @Post('generate')
  @Requires('conversations:write')
  @Operation({
    summary: 'Generate an AI response',
    description: EVENT_STREAM_DESCRIPTION,
    response: ChatResponse,
    eventStream: 'optional',
    events: GENERATION_EVENTS,
    errors: [
      conversationErrors.conversation_not_found,
      errors.generation_in_progress,
      errors.ai_token_limit_reached,
      platformErrors.too_many_attempts,
      errors.provider_failed,
      errors.ai_unavailable,
      errors.provider_timeout,
      platformErrors.overloaded,
    ],
    idempotent: 'self-managed',
  })
  async generateResponse(
    @CurrentActor() actor: Actor,
    @Body() request: ChatRequest,
    @AcceptsEventStream() acceptsEvents: boolean,
    @IdempotencyKey() idempotencyKey: string | undefined,
    @ClientDisconnect() onDisconnect: OnDisconnect,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const options = { streaming: request.stream ?? acceptsEvents, idempotencyKey, onDisconnect };
    await this.streams.respond(reply, await this.chat.generate(actor, request, options));
  }

  @Get('generations/:generation_id/events')
  @Requires('conversations:read')
  @Operation({
    summary: 'Resume the event stream of a generation',
    description: `Starts at the first event or after \`Last-Event-ID\`. Available for 24 hours. Status 204: there are no further
events. ${EVENT_STREAM_DESCRIPTION}`,
    eventStream: 'only',
    events: GENERATION_EVENTS,
    errors: [errors.generation_not_found],
  })
  async followGeneration(
    @CurrentActor() actor: Actor,
    @PathId('generation_id', errors.generation_not_found) id: string,
    @LastEventId() after: number,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const source = await this.generations.resumeEvents(actor, id, after);
    if (source) await this.streams.send(reply, source);
    // An EventSource does not reconnect after 204.
    else await reply.status(204).send();
  }

  @Post('generations/:generation_id/stop')
  @Requires('conversations:write')
  @Operation({
    summary: 'Stop a generation and keep its partial answer',
    response: GenerationResponse,
    errors: [errors.generation_not_found],
  })
  stopGeneration(
    @CurrentActor() actor: Actor,
    @PathId('generation_id', errors.generation_not_found) id: string,
  ): Promise<GenerationResponse> {
    return this.generations.stop(actor, id);
  }
}
