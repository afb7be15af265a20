import { Module } from '@nestjs/common';
import { ChunkIndexService } from './chunk-index.service.js';
import { ChunkMoveService } from './chunk-move.service.js';
import { ChunkReindexService } from './chunk-reindex.service.js';
import { ChunkIndexRepository } from './persistence/chunk-index.repository.js';
import { ChunkMoveRepository } from './persistence/chunk-move.repository.js';
import { ChunkReindexRepository } from './persistence/chunk-reindex.repository.js';
import { ChunkStatisticsRepository } from './persistence/chunk-statistics.repository.js';
import { StatisticsCheckRepository } from './persistence/statistics-check.repository.js';

/** The passages of documents, and the statistics that a search ranks them by. */
@Module({
  providers: [
    ChunkIndexRepository,
    ChunkIndexService,
    ChunkMoveRepository,
    ChunkMoveService,
    ChunkReindexRepository,
    ChunkReindexService,
    ChunkStatisticsRepository,
    StatisticsCheckRepository,
  ],
  exports: [ChunkIndexService],
})
export class ChunksModule {}
