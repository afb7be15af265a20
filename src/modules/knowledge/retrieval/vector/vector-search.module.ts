import { Module } from '@nestjs/common';
import { EmbeddingsModule } from '@/modules/knowledge/embeddings/embeddings.module.js';
import { RetrievalModule } from '../retrieval.module.js';
import { ExactVectorArm } from './exact-vector-arm.js';
import { VectorRepository } from './persistence/vector.repository.js';
import { QueryEmbedder } from './query-embedder.js';
import { VectorCache } from './vector-cache.js';
import { VectorScanner } from './vector-scanner.js';

/** Search by meaning, where a model for embeddings is configured. */
@Module({
  imports: [EmbeddingsModule, RetrievalModule],
  providers: [ExactVectorArm, QueryEmbedder, VectorCache, VectorRepository, VectorScanner],
})
export class VectorSearchModule {}
