import type { Visibility } from '@/modules/knowledge/knowledge.rules.js';

/** Restricts a search. Every filter is a condition of the query; an absent one restricts nothing. */
export interface KnowledgeFilters {
  documentIds?: string[];
  collectionIds?: string[];
  visibility?: Visibility[];
  createdFrom?: Date;
  createdTo?: Date;
  /** For each key, the values of which the metadata of the document has one. */
  metadata?: Record<string, (string | number | boolean)[]>;
}

/** `private`: documents of the reader alone; `shared`: documents of teams and organizations. */
export const SEARCH_SCOPES = ['private', 'shared', 'all'] as const;
export type SearchScope = (typeof SEARCH_SCOPES)[number];

export interface KnowledgeQuery {
  /** 1 to 2,000 characters. */
  query: string;
  /** 1 to 50. */
  limit: number;
  scope: SearchScope;
  /** Documents of this conversation are found too; the caller has checked that it belongs to the reader. */
  conversationId: string | null;
  filters: KnowledgeFilters;
}

/** A chunk that was found. Offsets are UTF-16 code units in the text of the version. */
export interface KnowledgeHit {
  id: string;
  documentId: string;
  documentVersion: number;
  versionId: string;
  title: string;
  content: string;
  /** Escaped HTML with matches in `<mark>`. */
  snippet: string;
  headingPath: string[];
  page: number | null;
  start: number;
  end: number;
  /** Offsets of the section that contains the chunk. */
  parentStart: number;
  parentEnd: number;
  /** Higher is better; comparable only within one result. */
  score: number;
  /** File name of the document. */
  source: string;
  visibility: Visibility;
  metadata: Record<string, unknown>;
  foundBy: 'lexical' | 'vector' | 'both';
}

export interface KnowledgeSearchResult {
  hits: KnowledgeHit[];
  /** Readable matches, counted up to 1,000. */
  total: number;
}
