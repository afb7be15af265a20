import { Injectable } from '@nestjs/common';
import { ConversationFinder } from '@/modules/conversations/index.js';
import { toKnowledgeReader } from '@/modules/knowledge/access/knowledge-reader.js';
import { toOwner } from '@/modules/organizations/index.js';
import { type Actor, hasScope } from '@/platform/access/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { type KnowledgeSearchRequest, toKnowledgeQuery } from './dto/search.request.js';
import { KnowledgeSearchResponse } from './dto/search.response.js';
import { KnowledgeSearchService } from './knowledge-search.service.js';

/** Searches the knowledge base for clients. */
@Injectable()
export class RetrievalService {
  constructor(
    private readonly knowledge: KnowledgeSearchService,
    private readonly conversations: ConversationFinder,
  ) {}

  /** Throws `conversation_not_found` for a conversation that the actor does not see. */
  async search(actor: Actor, request: KnowledgeSearchRequest): Promise<KnowledgeSearchResponse> {
    const query = toKnowledgeQuery(request);
    if (query.conversationId !== null) {
      assertReadsConversations(actor);
      await this.conversations.find(toOwner(actor), query.conversationId);
    }
    const result = await this.knowledge.search(toKnowledgeReader(actor), query);
    return KnowledgeSearchResponse.from(request.query, result);
  }
}

function assertReadsConversations(actor: Actor): void {
  if (actor.via === 'session' || hasScope(actor.scopes, 'conversations:read')) return;
  throw platformErrors.insufficient_api_key_scope({
    data: { required_scope: 'conversations:read', granted_scopes: actor.scopes },
  });
}
