import { Module } from '@nestjs/common';
import { ConversationsModule } from '@/modules/conversations/index.js';
import { KnowledgeSearchService } from './knowledge-search.service.js';
import { LexicalArm } from './lexical-arm.js';
import { HitRepository } from './persistence/hit.repository.js';
import { LexicalSearchRepository } from './persistence/lexical-search.repository.js';
import { Reranker } from './reranker.js';
import { RetrievalController } from './retrieval.controller.js';
import { RetrievalService } from './retrieval.service.js';
import { KnowledgeSearchQueue } from './search-queue.js';
import { VectorArms } from './vector-arms.js';

/** Search in documents. */
@Module({
  imports: [ConversationsModule],
  controllers: [RetrievalController],
  providers: [
    HitRepository,
    LexicalSearchRepository,
    LexicalArm,
    VectorArms,
    Reranker,
    KnowledgeSearchQueue,
    KnowledgeSearchService,
    RetrievalService,
  ],
  exports: [KnowledgeSearchService, VectorArms],
})
export class RetrievalModule {}
