import { Controller, createParamDecorator, type ExecutionContext, Get, Post, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Actor, CurrentActor, Requires } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { ClientDisconnect, EventStreams, type OnDisconnect } from '@/platform/sse/index.js';
import { Body } from '@/platform/validation/index.js';
import { aiErrors as errors } from '../ai.errors.js';
import { ChatCompletionsService } from './chat-completions.service.js';
import { ChatCompletionChunk } from './dto/chat-completion-chunk.response.js';
import { ChatCompletionRequest } from './dto/chat-completion.request.js';
import { ChatCompletionResponse } from './dto/chat-completion.response.js';
import { ModelListResponse, ModelResponse } from './dto/model.response.js';
import { ModelCatalog } from './model-catalog.js';

/** Injects the id of a model in the path, which may have slashes. The API reference gets its parameters from the path. */
const ModelId = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { params } = context.switchToHttp().getRequest<FastifyRequest<{ Params: { model: string } }>>();
  return params.model;
});

/** The API of OpenAI, for clients that are written for it. */
@ApiTags('OpenAI-compatible')
@Controller('v1')
export class OpenAiApiController {
  constructor(
    private readonly completions: ChatCompletionsService,
    private readonly catalog: ModelCatalog,
    private readonly streams: EventStreams,
  ) {}

  @Post('chat/completions')
  @Requires('conversations:write')
  @Operation({
    summary: 'Create a chat completion',
    description: `With \`stream\`, the data of each event is a \`ChatCompletionChunk\`, and the last one is \`[DONE]\`. If the answer fails after
its first content, the last event has an \`error\` instead. The header \`X-Route\` has the providers that were asked.`,
    response: ChatCompletionResponse,
    eventStream: 'optional',
    events: [ChatCompletionChunk],
    errors: [
      errors.model_not_found,
      errors.ai_token_limit_reached,
      platformErrors.too_many_attempts,
      errors.provider_failed,
      errors.ai_unavailable,
      errors.provider_timeout,
      platformErrors.overloaded,
    ],
  })
  async createChatCompletion(
    @CurrentActor() actor: Actor,
    @Body() request: ChatCompletionRequest,
    @ClientDisconnect() onDisconnect: OnDisconnect,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.streams.respond(reply, await this.completions.create(actor, request, onDisconnect));
  }

  @Get('models')
  @Requires('conversations:read')
  @Operation({ summary: 'List the models', response: ModelListResponse })
  listModels(): Promise<ModelListResponse> {
    return this.catalog.list();
  }

  @Get('models/:model')
  @Requires('conversations:read')
  @Operation({
    summary: 'Get a model',
    description: 'The slash of an id can be sent as `%2F`.',
    response: ModelResponse,
    errors: [errors.model_not_found],
  })
  getModel(@ModelId() id: string): Promise<ModelResponse> {
    return this.catalog.find(id);
  }
}
