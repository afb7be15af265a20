import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import { Shows, ShowsId, ShowsInstant, ShowsList } from '@/platform/openapi/response-fields.js';
import { SOURCE_KINDS, type SourceKind } from '../search.rules.js';

@ApiSchema({ name: 'SearchResult' })
export class SearchResult {
  @Shows('string', 'message', { enum: SOURCE_KINDS })
  type!: SourceKind;

  @ShowsId()
  id!: string;

  @ShowsId({ nullable: true, description: 'The conversation it is, is in, or is about.' })
  conversation_id!: string | null;

  @Shows('string', 'Learning plan for my team')
  title!: string;

  @Shows('string', 'Here is a <mark>plan</mark> for your team', {
    description: 'HTML: the text escaped, what matches in `<mark>`.',
  })
  snippet!: string;

  @Shows('number', 3.1, { description: 'Comparable within one answer; higher is better.' })
  score!: number;

  @ShowsInstant()
  created_at!: string;
}

@ApiSchema({ name: 'SearchResponse' })
export class SearchResponse {
  @Shows('string', 'learning plan')
  query!: string;

  @Shows('integer', 1, {
    description: 'How many match. Where a word is in thousands of entries, those that were looked at.',
  })
  total!: number;

  @ShowsList(() => SearchResult)
  results!: SearchResult[];
}

@ApiSchema({ name: 'ReindexProgress' })
export class ReindexProgress {
  @Shows('integer', 1200, { nullable: true, description: 'Null until they are counted.' })
  total!: number | null;

  @Shows('integer', 400)
  done!: number;

  @ShowsInstant()
  started_at!: string;

  @ShowsInstant({ nullable: true })
  finished_at!: string | null;

  @Shows('string', null, { nullable: true })
  failed_reason!: string | null;
}

@ApiSchema({ name: 'SearchStatusResponse' })
export class SearchStatusResponse {
  @Shows('string', 'ok', {
    enum: ['ok', 'degraded', 'down'],
    description: '`degraded`: rebuilding the index failed; `down`: there is no index to search.',
  })
  status!: 'ok' | 'degraded' | 'down';

  @Shows('string', 'postgresql')
  backend!: 'postgresql';

  @Shows('integer', 1200, { description: 'Entries of the index.' })
  documents!: number;

  @ShowsInstant({ nullable: true })
  last_indexed_at!: string | null;

  @Shows('boolean', false)
  reindex_in_progress!: boolean;

  @Shows(() => ReindexProgress, undefined, { nullable: true, description: 'The present or last rebuilding.' })
  reindex!: ReindexProgress | null;
}

@ApiSchema({ name: 'ReindexResponse' })
export class ReindexResponse {
  @Shows('string', 'started', { enum: ['started', 'already_running'] })
  status!: 'started' | 'already_running';
}
