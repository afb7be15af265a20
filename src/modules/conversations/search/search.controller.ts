import { Controller, Get, Post } from '@nestjs/common';
import { Requires, type Actor, CurrentActor, OPERATOR } from '@/platform/access/index.js';
import { Operation } from '@/platform/http/index.js';
import { ApiTags } from '@/platform/openapi/index.js';
import { Query } from '@/platform/validation/index.js';
import { SearchQuery } from './dto/search.query.js';
import { ReindexResponse, SearchResponse, SearchStatusResponse } from './dto/search.responses.js';
import { ReindexService } from './reindex.service.js';
import { SearchService } from './search.service.js';

@ApiTags('Conversations')
@Controller('api/core/search')
export class SearchController {
  constructor(
    private readonly searchService: SearchService,
    private readonly reindexService: ReindexService,
  ) {}

  @Get()
  @Requires('conversations:read')
  @Operation({
    summary: 'Search indexed user content',
    description:
      'Searches your conversations, messages and notes, most relevant first. A result contains at least one of the ' +
      'words; rare words count more. New texts are found immediately.',
    response: SearchResponse,
  })
  searchContent(@CurrentActor() actor: Actor, @Query() query: SearchQuery): Promise<SearchResponse> {
    return this.searchService.search(actor, query);
  }

  @Get('status')
  @Requires('api:read', OPERATOR)
  @Operation({ summary: 'Search infrastructure status', response: SearchStatusResponse })
  getSearchStatus(): Promise<SearchStatusResponse> {
    return this.reindexService.status();
  }

  @Post('reindex')
  @Requires('api:write', OPERATOR)
  @Operation({
    summary: 'Rebuild search index',
    description: 'Runs in the background. Search and writes are available during the rebuild.',
    response: ReindexResponse,
  })
  reindexSearch(): Promise<ReindexResponse> {
    return this.reindexService.start();
  }
}
