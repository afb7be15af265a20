import { VISIBILITIES, type Visibility } from '@/modules/knowledge/knowledge.rules.js';
import { ApiSchema, ResponseField, ResponseIdField, ResponseListField } from '@/platform/openapi/index.js';
import type { KnowledgeHit, KnowledgeSearchResult } from '../retrieval.js';

@ApiSchema({ name: 'KnowledgeHit' })
export class KnowledgeHitResponse {
  @ResponseIdField({ description: 'The chunk.' })
  id!: string;

  @ResponseIdField()
  document_id!: string;

  @ResponseField('integer', 1)
  document_version!: number;

  @ResponseField('string', 'Launch plan')
  title!: string;

  @ResponseField('string', 'The launch plan was agreed on Monday.')
  content!: string;

  @ResponseField('string', 'The <mark>launch plan</mark> was agreed on Monday.', {
    description: 'Escaped HTML with matches in `<mark>`.',
  })
  snippet!: string;

  @ResponseListField('string', ['Decisions'], 'Headings above the passage, the highest first.')
  heading_path!: string[];

  @ResponseField('integer', 2, {
    nullable: true,
    description: 'The page that the passage begins on, from 1.',
  })
  page!: number | null;

  @ResponseField('integer', 1200, { description: 'UTF-16 offset in the text of the document version.' })
  start!: number;

  @ResponseField('integer', 1237, { description: 'End of the passage, exclusive.' })
  end!: number;

  @ResponseField('number', 3.1, {
    description: 'Relevance. Comparable only within one response; higher is better.',
  })
  score!: number;

  @ResponseField('string', 'launch-plan.pdf', { description: 'File name of the document.' })
  source!: string;

  @ResponseField('string', 'private', { enum: VISIBILITIES })
  visibility!: Visibility;

  @ResponseField('object', { department: 'sales' })
  metadata!: Record<string, unknown>;

  @ResponseField('string', 'lexical', { enum: ['lexical', 'vector', 'both'] })
  found_by!: 'lexical' | 'vector' | 'both';

  static from(hit: KnowledgeHit): KnowledgeHitResponse {
    return {
      id: hit.id,
      document_id: hit.documentId,
      document_version: hit.documentVersion,
      title: hit.title,
      content: hit.content,
      snippet: hit.snippet,
      heading_path: hit.headingPath,
      page: hit.page,
      start: hit.start,
      end: hit.end,
      score: hit.score,
      source: hit.source,
      visibility: hit.visibility,
      metadata: hit.metadata,
      found_by: hit.foundBy,
    };
  }
}

@ApiSchema({ name: 'KnowledgeSearchResponse' })
export class KnowledgeSearchResponse {
  @ResponseField('string', 'meeting notes about the launch plan')
  query!: string;

  @ResponseField('integer', 1, { description: 'Number of matching passages, counted up to 1,000.' })
  total!: number;

  @ResponseListField(() => KnowledgeHitResponse)
  results!: KnowledgeHitResponse[];

  static from(query: string, { hits, total }: KnowledgeSearchResult): KnowledgeSearchResponse {
    return { query, total, results: hits.map((hit) => KnowledgeHitResponse.from(hit)) };
  }
}
