import { Body, Controller, Delete, Get, Patch, Post, Query } from '@nestjs/common';
import { Requires } from '@/platform/access/access.js';
import { type Actor, Caller } from '@/platform/access/actor.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/operation.js';
import { ApiTags } from '@/platform/openapi/lazy-decorators.js';
import { PageQuery } from '@/platform/pagination/page.js';
import { PathId } from '@/platform/validation/path-id.js';
import { conversationErrors as errors } from './conversations.errors.js';
import { ConversationsService } from './conversations.service.js';
import { ConversationCreateRequest, UpdateConversationRequest } from './dto/conversation.requests.js';
import { ConversationResponse } from './dto/conversation.response.js';

const FINDING = [errors.conversation_not_found, platformErrors.two_factor_required];

@ApiTags('Conversations')
@Controller('api/core/conversations')
export class ConversationsController {
  constructor(private readonly conversations: ConversationsService) {}

  @Get()
  @Requires('conversations:read')
  @Operation({ summary: 'List your conversations, newest first', answers: [ConversationResponse] })
  listConversations(@Caller() actor: Actor, @Query() query: PageQuery): Promise<ConversationResponse[]> {
    return this.conversations.list(actor, query);
  }

  @Post()
  @Requires('conversations:write')
  @Operation({
    summary: 'Create a conversation',
    status: 201,
    answers: ConversationResponse,
    idempotent: true,
  })
  createConversation(
    @Caller() actor: Actor,
    @Body() request: ConversationCreateRequest,
  ): Promise<ConversationResponse> {
    return this.conversations.create(actor, request);
  }

  @Get(':conversation_id')
  @Requires('conversations:read')
  @Operation({ summary: 'Get a conversation', answers: ConversationResponse, errors: FINDING })
  getConversation(
    @Caller() actor: Actor,
    @PathId('conversation_id', errors.conversation_not_found) id: string,
  ): Promise<ConversationResponse> {
    return this.conversations.show(actor, id);
  }

  @Patch(':conversation_id')
  @Requires('conversations:write')
  @Operation({
    summary: 'Rename a conversation, or change what is kept with it',
    answers: ConversationResponse,
    errors: [...FINDING, platformErrors.field_read_only],
  })
  updateConversation(
    @Caller() actor: Actor,
    @PathId('conversation_id', errors.conversation_not_found) id: string,
    @Body() request: UpdateConversationRequest,
  ): Promise<ConversationResponse> {
    return this.conversations.update(actor, id, request);
  }

  @Delete(':conversation_id')
  @Requires('conversations:write')
  @Operation({
    summary: 'Delete a conversation and everything in it; notes about it stay',
    status: 204,
    errors: FINDING,
  })
  deleteConversation(
    @Caller() actor: Actor,
    @PathId('conversation_id', errors.conversation_not_found) id: string,
  ): Promise<void> {
    return this.conversations.delete(actor, id);
  }
}
