import { Module } from '@nestjs/common';
import { EmbeddingsModule } from '@/modules/knowledge/embeddings/embeddings.module.js';
import { RetrievalModule } from '../retrieval.module.js';
import { ExactVectorArm } from './exact-vector-arm.js';
import { MemoryScanner } from './memory-scanner.js';
import { PgvectorRepository } from './persistence/pgvector.repository.js';
import { VectorRepository } from './persistence/vector.repository.js';
import { PgvectorScanner } from './pgvector-scanner.js';
import { QueryEmbedder } from './query-embedder.js';
import { VectorCache } from './vector-cache.js';

/** Search by meaning, where a model for embeddings is configured. */
@Module({
  imports: [EmbeddingsModule, RetrievalModule],
  providers: [
    ExactVectorArm,
    MemoryScanner,
    PgvectorRepository,
    PgvectorScanner,
    QueryEmbedder,
    VectorCache,
    VectorRepository,
  ],
})
export class VectorSearchModule {}
