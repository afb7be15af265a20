import type { Visibility } from '@/modules/knowledge/knowledge.rules.js';
import type { KnowledgeFilters, KnowledgeQuery, SearchScope } from '../retrieval.js';

const SCOPES: Record<SearchScope, readonly Visibility[]> = {
  private: ['private', 'conversation'],
  shared: ['team', 'organization'],
  all: ['private', 'conversation', 'team', 'organization'],
};

/** Returns the visibilities that scope and filter both allow. */
export function searchedVisibilities({ scope, filters }: KnowledgeQuery): Visibility[] {
  return SCOPES[scope].filter((visibility) => filters.visibility?.includes(visibility) ?? true);
}

/** Returns whether a filter excludes documents inside of a partition. */
export function hasDocumentFilter(filters: KnowledgeFilters): boolean {
  const { documentIds, collectionIds, createdFrom, createdTo, metadata } = filters;
  return [documentIds, collectionIds, createdFrom, createdTo, metadata].some(
    (filter) => filter !== undefined,
  );
}

/**
 * Returns the SQL of the filters on a document `d`, with five parameters from `first` on: {@link documentFilterParameters}
 * returns them. Values of metadata are compared as JSON: the text "1" is not the number 1. Of a list, one item is enough.
 */
export function documentFilterSql(first: number): string {
  const [ids, collections, from, to, metadata] = [0, 1, 2, 3, 4].map((index) => `$${first + index}`);
  return `(${ids}::uuid[] IS NULL OR d.id = ANY(${ids}::uuid[]))
    AND (${collections}::uuid[] IS NULL OR d.collection_id = ANY(${collections}::uuid[]))
    AND (${from}::timestamptz IS NULL OR d.created_at >= ${from}::timestamptz)
    AND (${to}::timestamptz IS NULL OR d.created_at < ${to}::timestamptz)
    AND (${metadata}::jsonb IS NULL OR NOT EXISTS (
      SELECT FROM jsonb_each(${metadata}::jsonb) f (key, accepted) WHERE NOT EXISTS (
        SELECT FROM jsonb_array_elements(f.accepted) a (value)
        WHERE d.metadata -> f.key = a.value
          OR jsonb_typeof(d.metadata -> f.key) = 'array' AND d.metadata -> f.key @> a.value)))`;
}

export function documentFilterParameters(filters: KnowledgeFilters): unknown[] {
  const { documentIds, collectionIds, createdFrom, createdTo, metadata } = filters;
  return [
    documentIds ?? null,
    collectionIds ?? null,
    createdFrom ?? null,
    createdTo ?? null,
    metadata ? JSON.stringify(metadata) : null,
  ];
}
