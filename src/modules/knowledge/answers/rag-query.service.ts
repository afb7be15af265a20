import { Injectable } from '@nestjs/common';
import { ChatService } from '@/modules/ai/index.js';
import { toKnowledgeQuery } from '@/modules/knowledge/retrieval/dto/search.request.js';
import { type Actor, requireScope } from '@/platform/access/index.js';
import type { FrameSource, OnDisconnect } from '@/platform/sse/index.js';
import { DocumentGrounding } from './document-grounding.js';
import type { RagQueryRequest } from './dto/rag-query.request.js';
import { RagQueryResponse } from './dto/rag-query.response.js';

/** What a query does not choose itself. */
const SEARCH = { limit: 1, scope: 'all' } as const;

interface QueryOptions {
  streaming: boolean;
  idempotencyKey: string | undefined;
  onDisconnect: OnDisconnect;
}

/** Answers questions from documents. The answer is a generation, as in a chat: it outlives its connection, and has a budget. */
@Injectable()
export class RagQueryService {
  constructor(
    private readonly chat: ChatService,
    private readonly grounding: DocumentGrounding,
  ) {}

  /** Returns the whole answer, or with `streaming` the source of its events. Throws the errors of {@link ChatService.generate}. */
  query(actor: Actor, request: RagQueryRequest, options: QueryOptions): Promise<object | FrameSource> {
    const { query, conversation_id: conversationId = null } = request;
    if (conversationId !== null) {
      requireScope(actor, 'conversations:read');
      requireScope(actor, 'conversations:write');
    }
    const { filters } = toKnowledgeQuery({ ...SEARCH, query, filters: request.filters ?? {} });
    const chatRequest = { message: query, conversation_id: conversationId, filters: request.filters };
    return this.chat.generate(actor, chatRequest, {
      ...options,
      operation: 'rag.query',
      ground: () => this.grounding.ground(actor, { question: query, conversationId, filters }),
      toResult: (answer, grounded) => RagQueryResponse.from(answer, grounded),
    });
  }
}
