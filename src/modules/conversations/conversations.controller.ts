import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { Requires, type Actor, CurrentActor } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { PageQuery } from '@/platform/pagination/index.js';
import { Body, Query, PathId } from '@/platform/validation/index.js';
import { conversationErrors as errors } from './conversations.errors.js';
import { ConversationsService } from './conversations.service.js';
import { ConversationCreateRequest, UpdateConversationRequest } from './dto/conversation.requests.js';
import { ConversationResponse } from './dto/conversation.response.js';

const LOOKUP_ERRORS = [errors.conversation_not_found, platformErrors.two_factor_required];

@ApiTags('Conversations')
@Controller('api/core/conversations')
export class ConversationsController {
  constructor(private readonly conversations: ConversationsService) {}

  @Get()
  @Requires('conversations:read')
  @Operation({
    summary: 'List conversations for the current user',
    description: 'Newest first.',
    response: [ConversationResponse],
  })
  listConversations(
    @CurrentActor() actor: Actor,
    @Query() query: PageQuery,
  ): Promise<ConversationResponse[]> {
    return this.conversations.list(actor, query);
  }

  @Post()
  @Requires('conversations:write')
  @Operation({
    summary: 'Create a conversation',
    status: 201,
    response: ConversationResponse,
    idempotent: 'in-transaction',
  })
  createConversation(
    @CurrentActor() actor: Actor,
    @Body() request: ConversationCreateRequest,
  ): Promise<ConversationResponse> {
    return this.conversations.create(actor, request);
  }

  @Get(':conversation_id')
  @Requires('conversations:read')
  @Operation({ summary: 'Get a conversation', response: ConversationResponse, errors: LOOKUP_ERRORS })
  getConversation(
    @CurrentActor() actor: Actor,
    @PathId('conversation_id', errors.conversation_not_found) id: string,
  ): Promise<ConversationResponse> {
    return this.conversations.get(actor, id);
  }

  @Patch(':conversation_id')
  @Requires('conversations:write')
  @Operation({
    summary: 'Change the title, provider or metadata of a conversation',
    response: ConversationResponse,
    errors: [...LOOKUP_ERRORS, platformErrors.field_read_only],
  })
  updateConversation(
    @CurrentActor() actor: Actor,
    @PathId('conversation_id', errors.conversation_not_found) id: string,
    @Body() request: UpdateConversationRequest,
  ): Promise<ConversationResponse> {
    return this.conversations.update(actor, id, request);
  }

  @Delete(':conversation_id')
  @Requires('conversations:write')
  @Operation({
    summary: 'Delete a conversation',
    description: 'Deletes its messages and learning sessions too. Notes about it are kept.',
    status: 204,
    errors: LOOKUP_ERRORS,
  })
  deleteConversation(
    @CurrentActor() actor: Actor,
    @PathId('conversation_id', errors.conversation_not_found) id: string,
  ): Promise<void> {
    return this.conversations.delete(actor, id);
  }
}
