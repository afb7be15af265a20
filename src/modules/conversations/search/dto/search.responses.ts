import { ApiSchema } from '@/platform/openapi/lazy-decorators.js';
import {
  ResponseField,
  ResponseIdField,
  ResponseTimestampField,
  ResponseListField,
} from '@/platform/openapi/response-fields.js';
import { SOURCE_KINDS, type SourceKind } from '../search.rules.js';

@ApiSchema({ name: 'SearchResult' })
export class SearchResult {
  @ResponseField('string', 'message', { enum: SOURCE_KINDS })
  type!: SourceKind;

  @ResponseIdField()
  id!: string;

  @ResponseIdField({ nullable: true, description: 'The conversation it is, is in, or is about.' })
  conversation_id!: string | null;

  @ResponseField('string', 'Learning plan for my team')
  title!: string;

  @ResponseField('string', 'Here is a <mark>plan</mark> for your team', {
    description: 'HTML: the text escaped, what matches in `<mark>`.',
  })
  snippet!: string;

  @ResponseField('number', 3.1, { description: 'Comparable within one answer; higher is better.' })
  score!: number;

  @ResponseTimestampField()
  created_at!: string;
}

@ApiSchema({ name: 'SearchResponse' })
export class SearchResponse {
  @ResponseField('string', 'learning plan')
  query!: string;

  @ResponseField('integer', 1, {
    description: 'How many match. Where a word is in thousands of entries, those that were looked at.',
  })
  total!: number;

  @ResponseListField(() => SearchResult)
  results!: SearchResult[];
}

@ApiSchema({ name: 'ReindexProgress' })
export class ReindexProgress {
  @ResponseField('integer', 1200, { nullable: true, description: 'Null until they are counted.' })
  total!: number | null;

  @ResponseField('integer', 400)
  done!: number;

  @ResponseTimestampField()
  started_at!: string;

  @ResponseTimestampField({ nullable: true })
  finished_at!: string | null;

  @ResponseField('string', null, { nullable: true })
  failed_reason!: string | null;
}

@ApiSchema({ name: 'SearchStatusResponse' })
export class SearchStatusResponse {
  @ResponseField('string', 'ok', {
    enum: ['ok', 'degraded', 'down'],
    description: '`degraded`: rebuilding the index failed; `down`: there is no index to search.',
  })
  status!: 'ok' | 'degraded' | 'down';

  @ResponseField('string', 'postgresql')
  backend!: 'postgresql';

  @ResponseField('integer', 1200, { description: 'Entries of the index.' })
  documents!: number;

  @ResponseTimestampField({ nullable: true })
  last_indexed_at!: string | null;

  @ResponseField('boolean', false)
  reindex_in_progress!: boolean;

  @ResponseField(() => ReindexProgress, undefined, {
    nullable: true,
    description: 'The present or last rebuilding.',
  })
  reindex!: ReindexProgress | null;
}

@ApiSchema({ name: 'ReindexResponse' })
export class ReindexResponse {
  @ResponseField('string', 'started', { enum: ['started', 'already_running'] })
  status!: 'started' | 'already_running';
}
