import { Controller, Get, Post, Query } from '@nestjs/common';
import { Requires } from '@/platform/access/access.js';
import { type Actor, Caller } from '@/platform/access/actor.js';
import { OPERATOR } from '@/platform/access/operator-authorizer.js';
import { Operation } from '@/platform/http/operation.js';
import { ApiTags } from '@/platform/openapi/lazy-decorators.js';
import { SearchQuery } from './dto/search.query.js';
import { ReindexResponse, SearchResponse, SearchStatusResponse } from './dto/search.responses.js';
import { Reindexing } from './reindex.service.js';
import { SearchService } from './search.service.js';

@ApiTags('Search')
@Controller('api/core/search')
export class SearchController {
  constructor(
    private readonly finder: SearchService,
    private readonly reindexing: Reindexing,
  ) {}

  @Get()
  @Requires('conversations:read')
  @Operation({
    summary: 'Search your conversations, messages and notes, the best first',
    description:
      'A result needs one of the words; rare words count more. Finds what was written a moment ago.',
    answers: SearchResponse,
  })
  search(@Caller() actor: Actor, @Query() query: SearchQuery): Promise<SearchResponse> {
    return this.finder.search(actor, query);
  }

  @Get('status')
  @Requires('api:read', OPERATOR)
  @Operation({ summary: 'State of the search index', answers: SearchStatusResponse })
  searchStatus(): Promise<SearchStatusResponse> {
    return this.reindexing.status();
  }

  @Post('reindex')
  @Requires('api:write', OPERATOR)
  @Operation({
    summary: 'Rebuild the search index',
    description: 'In the background; searching and writing go on meanwhile.',
    answers: ReindexResponse,
  })
  reindexSearch(): Promise<ReindexResponse> {
    return this.reindexing.start();
  }
}
