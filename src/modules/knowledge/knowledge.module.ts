import { Module } from '@nestjs/common';
import { AnswersModule } from './answers/answers.module.js';
import { ChunksModule } from './chunks/chunks.module.js';
import { CollectionsModule } from './collection-management/collections.module.js';
import { KnowledgeDataExportModule } from './data-export/knowledge-data-export.module.js';
import { DocumentsModule } from './documents/documents.module.js';
import { EmbeddingsModule } from './embeddings/embeddings.module.js';
import { ProcessingModule } from './processing/processing.module.js';
import { RetrievalModule } from './retrieval/retrieval.module.js';
import { VectorSearchModule } from './retrieval/vector/vector-search.module.js';

/** Documents that answers are founded on: files of users, teams and organizations, and search in them. */
@Module({
  imports: [
    AnswersModule,
    ChunksModule,
    DocumentsModule,
    CollectionsModule,
    EmbeddingsModule,
    ProcessingModule,
    RetrievalModule,
    VectorSearchModule,
    KnowledgeDataExportModule,
  ],
})
export class KnowledgeModule {}
