import { Module } from '@nestjs/common';
import { PassageSearch } from './passage-search.js';
import { RankingRepository } from './persistence/ranking.repository.js';
import { ReindexRepository } from './persistence/reindex.repository.js';
import { SearchHitRepository } from './persistence/search-hit.repository.js';
import { RankingService } from './ranking.service.js';
import { ReindexService } from './reindex.service.js';
import { SearchQueue } from './search-queue.js';
import { SearchController } from './search.controller.js';
import { SearchService } from './search.service.js';

/** Full-text search over conversations, messages and notes. */
@Module({
  controllers: [SearchController],
  providers: [
    RankingRepository,
    RankingService,
    SearchQueue,
    SearchHitRepository,
    SearchService,
    PassageSearch,
    ReindexRepository,
    ReindexService,
  ],
  exports: [PassageSearch],
})
export class SearchModule {}
