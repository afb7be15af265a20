import { SOURCE_KINDS, type SourceKind } from '@/modules/conversations/persistence/search-index-sql.js';
import {
  ApiSchema,
  ResponseField,
  ResponseIdField,
  ResponseTimestampField,
  ResponseListField,
} from '@/platform/openapi/index.js';

@ApiSchema({ name: 'SearchResult' })
export class SearchResult {
  @ResponseField('string', 'message', { enum: SOURCE_KINDS })
  type!: SourceKind;

  @ResponseIdField()
  id!: string;

  @ResponseIdField({
    nullable: true,
    description: 'The conversation that was found, or that contains the message, or that the note is about.',
  })
  conversation_id!: string | null;

  @ResponseField('string', 'Learning plan for my team')
  title!: string;

  @ResponseField('string', 'Here is a <mark>plan</mark> for your team', {
    description: 'Escaped HTML with matches in `<mark>`.',
  })
  snippet!: string;

  @ResponseField('number', 3.1, {
    description: 'Relevance. Comparable only within one response; higher is better.',
  })
  score!: number;

  @ResponseTimestampField()
  created_at!: string;
}

@ApiSchema({ name: 'SearchResponse' })
export class SearchResponse {
  @ResponseField('string', 'learning plan')
  query!: string;

  @ResponseField('integer', 1, {
    description:
      'Number of matches. For words that thousands of entries contain, only the entries that were scored.',
  })
  total!: number;

  @ResponseListField(() => SearchResult)
  results!: SearchResult[];
}

@ApiSchema({ name: 'ReindexProgress' })
export class ReindexProgress {
  @ResponseField('integer', 1200, { nullable: true, description: 'Null until the entries are counted.' })
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

export const RETRIEVAL_KINDS = ['lexical', 'hybrid'] as const;

@ApiSchema({ name: 'KnowledgeSearchStatus' })
export class KnowledgeSearchStatus {
  @ResponseField('string', 'lexical', {
    enum: RETRIEVAL_KINDS,
    description:
      '`lexical`: documents are found by their words alone, because `EMBEDDINGS_BASE_URL` is not set. `hybrid`: also by meaning.',
  })
  retrieval!: (typeof RETRIEVAL_KINDS)[number];

  @ResponseField('string', null, { nullable: true, description: 'The value of `EMBEDDINGS_MODEL`.' })
  embeddings_model!: string | null;

  @ResponseField('boolean', false, {
    description: 'Whether another model orders the first hits: `RERANK_BASE_URL`.',
  })
  reranks!: boolean;
}

@ApiSchema({ name: 'SearchStatusResponse' })
export class SearchStatusResponse {
  @ResponseField('string', 'ok', {
    enum: ['ok', 'degraded', 'down'],
    description:
      '`degraded`: the last rebuild failed, or it is not finished after another major version of PostgreSQL or an earlier version of this server has written the index. `down`: the index does not exist.',
  })
  status!: 'ok' | 'degraded' | 'down';

  @ResponseField('string', 'postgresql')
  backend!: 'postgresql';

  @ResponseField('integer', 1200, { description: 'Number of entries in the index.' })
  documents!: number;

  @ResponseTimestampField({ nullable: true })
  last_indexed_at!: string | null;

  @ResponseField('boolean', false)
  reindex_in_progress!: boolean;

  @ResponseField(() => ReindexProgress, undefined, {
    nullable: true,
    description: 'The running or last rebuild.',
  })
  reindex!: ReindexProgress | null;

  @ResponseField(() => KnowledgeSearchStatus, undefined, { description: 'How documents are searched.' })
  knowledge!: KnowledgeSearchStatus;
}

@ApiSchema({ name: 'ReindexResponse' })
export class ReindexResponse {
  @ResponseField('string', 'started', { enum: ['started', 'already_running'] })
  status!: 'started' | 'already_running';
}
