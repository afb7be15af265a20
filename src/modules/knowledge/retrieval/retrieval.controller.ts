import { Controller, Post } from '@nestjs/common';
import { conversationErrors } from '@/modules/conversations/index.js';
import { type Actor, CurrentActor, Requires } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Body } from '@/platform/validation/index.js';
import { KnowledgeSearchRequest } from './dto/search.request.js';
import { KnowledgeSearchResponse } from './dto/search.response.js';
import { RetrievalService } from './retrieval.service.js';

@ApiTags('Knowledge Base')
@Controller('api/knowledge')
export class RetrievalController {
  constructor(private readonly retrieval: RetrievalService) {}

  @Post('search')
  @Requires('rag:read')
  @Operation({
    summary: 'Search the knowledge base',
    description:
      'Finds passages of the documents that you may read, most relevant first. A passage contains at least one of the ' +
      'words; rare words count more. Words in quotation marks must follow one another. An API key also needs ' +
      '`conversations:read` to search the documents of a conversation.',
    response: KnowledgeSearchResponse,
    errors: [conversationErrors.conversation_not_found],
  })
  searchKnowledge(
    @CurrentActor() actor: Actor,
    @Body() request: KnowledgeSearchRequest,
  ): Promise<KnowledgeSearchResponse> {
    return this.retrieval.search(actor, request);
  }
}
