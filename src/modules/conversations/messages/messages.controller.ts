import { Controller, Get, type StreamableFile } from '@nestjs/common';
import { Requires, type Actor, CurrentActor } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { type JsonList, PageQuery } from '@/platform/pagination/index.js';
import { Query, PathId } from '@/platform/validation/index.js';
import { conversationErrors as errors } from '../conversations.errors.js';
import { ConversationExportService } from './conversation-export.service.js';
import { ExportQuery } from './dto/export.query.js';
import { ConversationMessageResponse } from './dto/message.response.js';
import { MessagesService } from './messages.service.js';

const LOOKUP_ERRORS = [errors.conversation_not_found, platformErrors.two_factor_required];

@ApiTags('Conversations')
@Controller('api/core/conversations/:conversation_id')
export class MessagesController {
  constructor(
    private readonly messages: MessagesService,
    private readonly conversationExport: ConversationExportService,
  ) {}

  @Get('messages')
  @Requires('conversations:read')
  @Operation({
    summary: 'Get messages for a conversation',
    description: 'Oldest first.',
    response: [ConversationMessageResponse],
    errors: LOOKUP_ERRORS,
  })
  listMessages(
    @CurrentActor() actor: Actor,
    @PathId('conversation_id', errors.conversation_not_found) id: string,
    @Query() query: PageQuery,
  ): Promise<JsonList> {
    return this.messages.list(actor, id, query);
  }

  @Get('export')
  @Requires('conversations:read')
  @Operation({
    summary: 'Download a conversation as Markdown or JSON',
    response: { file: ['text/markdown', 'application/json'] },
    errors: LOOKUP_ERRORS,
  })
  exportConversation(
    @CurrentActor() actor: Actor,
    @PathId('conversation_id', errors.conversation_not_found) id: string,
    @Query() { format }: ExportQuery,
  ): Promise<StreamableFile> {
    return this.conversationExport.createFile(actor, id, format);
  }
}
