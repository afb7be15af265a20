import { Controller, Get, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import {
  aiErrors,
  GenerationDeltaEvent,
  GenerationSourcesEvent,
  GenerationStartEvent,
} from '@/modules/ai/index.js';
import { conversationErrors } from '@/modules/conversations/index.js';
import { type Actor, CurrentActor, Requires } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { IdempotencyKey } from '@/platform/idempotency/index.js';
import { ApiTags, ErrorBody } from '@/platform/openapi/index.js';
import {
  AcceptsEventStream,
  ClientDisconnect,
  EventStreams,
  type OnDisconnect,
} from '@/platform/sse/index.js';
import { Body, PathId } from '@/platform/validation/index.js';
import { answerErrors as errors } from './answers.errors.js';
import { RagQueryRequest } from './dto/rag-query.request.js';
import { RagQueryResponse } from './dto/rag-query.response.js';
import { ReceiptResponse } from './dto/receipt.response.js';
import { RagQueryService } from './rag-query.service.js';
import { ReceiptsService } from './receipts.service.js';

/** Answers from documents, and their receipts. */
@ApiTags('Knowledge Base')
@Controller('api/rag')
export class AnswersController {
  constructor(
    private readonly ragQuery: RagQueryService,
    private readonly receipts: ReceiptsService,
    private readonly streams: EventStreams,
  ) {}

  @Post('query')
  @Requires('rag:read')
  @Operation({
    summary: 'Answer a question from documents',
    description:
      'Each sentence of the answer cites the passages that support it. The citations are checked; other sentences are left ' +
      'out. Without a language model the answer consists of quotations. The events of a stream are those of ' +
      '`POST /api/ai/generate`; `delta` has whole, checked sentences, and the data of `done` is `RagQueryResponse`.',
    response: RagQueryResponse,
    eventStream: 'optional',
    events: [GenerationStartEvent, GenerationDeltaEvent, GenerationSourcesEvent, RagQueryResponse, ErrorBody],
    errors: [
      conversationErrors.conversation_not_found,
      aiErrors.generation_in_progress,
      aiErrors.sources_gone,
      aiErrors.ai_token_limit_reached,
      platformErrors.too_many_attempts,
      aiErrors.provider_failed,
      aiErrors.ai_unavailable,
      aiErrors.provider_timeout,
      platformErrors.overloaded,
    ],
    idempotent: 'self-managed',
  })
  async queryDocuments(
    @CurrentActor() actor: Actor,
    @Body() request: RagQueryRequest,
    @AcceptsEventStream() acceptsEvents: boolean,
    @IdempotencyKey() idempotencyKey: string | undefined,
    @ClientDisconnect() onDisconnect: OnDisconnect,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const options = { streaming: request.stream ?? acceptsEvents, idempotencyKey, onDisconnect };
    await this.streams.respond(reply, await this.ragQuery.query(actor, request, options));
  }

  @Get('receipts/:receipt_id')
  @Requires('rag:read')
  @Operation({
    summary: 'Check the sources of an earlier answer',
    description: 'Compares the sources with the documents of today. A receipt belongs to the user who asked.',
    response: ReceiptResponse,
    errors: [errors.receipt_not_found],
  })
  checkReceipt(
    @CurrentActor() actor: Actor,
    @PathId('receipt_id', errors.receipt_not_found) id: string,
  ): Promise<ReceiptResponse> {
    return this.receipts.check(actor, id);
  }
}
