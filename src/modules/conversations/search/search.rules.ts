import { inverseDocumentFrequency, quoteLexeme, selectRareWords } from '@/platform/search/index.js';

/** The stages of a rebuild of the index, in their order. */
export const REINDEX_STAGES = ['conversation', 'message', 'note', 'orphan', 'finished'] as const;
export type ReindexStage = (typeof REINDEX_STAGES)[number];

/** A word of a query, and how many entries of the owner contain it. */
export interface DocumentFrequency {
  lexeme: string;
  /** Entries with this word, counted up to {@link COUNT_LIMIT}; null when a sample shows that the word is common. */
  found: number | null;
  /** Share of recent entries that contain a common word, from 0 to 1; null for other words. */
  share: number | null;
}

export interface TermStatistics {
  /** Entries of the owner, counted up to a limit. */
  entries: number;
  /** Average number of distinct words of an entry. */
  averageLength: number;
  words: DocumentFrequency[];
}

/** Counting the entries with a word stops here; the word is then common. */
export const COUNT_LIMIT = 2000;

/**
 * Number of entries that are scored for one query. Words are selected from the rarest on until they match
 * enough entries. Measured with the 225 queries of the Cranfield collection: twice or ten times as many
 * candidates give the same first ten results.
 */
const CANDIDATES = { min: 500, max: 5000 };
/** When rare words match fewer, this many of the newest entries of each kind are candidates too. */
const RECENT_CANDIDATES = 1000;
/** Up to this many expected matches, the total is counted exactly. */
const MAX_COUNTABLE_MATCHES = 5_000;
const MAX_HIGHLIGHT_WORDS = 8;

/** How the entries for a query are selected and scored. The queries are texts of the type tsquery. */
export interface QueryPlan {
  /** Entries with one of the rare words: few enough to score all of them. Null without rare words. */
  rareQuery: string | null;
  /** Entries with all words; null when there are rare words. */
  allQuery: string | null;
  /** Number of the newest entries of each kind that are candidates too; 0 when rare words match enough. */
  recentCount: number;
  /** Any of the words, without the scope of the owner. */
  anyQuery: string;
  /** The rarest words that match an entry, as lexemes, for highlighting. */
  rarestWords: string[];
  /** Entries with any of the words, when they are few enough to be counted; else null. */
  countQuery: string | null;
  /** One query for each word, the rarest first. */
  wordQueries: string[];
  /** Inverse document frequency of each word, in the order of `wordQueries`. */
  weights: number[];
}

/**
 * Plans Okapi BM25 over as few entries as possible. A word that many entries contain says little about any of them, so
 * rare words select the candidates and common words only change their order. Returns null for a query without words.
 */
export function buildQueryPlan(scope: string, { entries, words }: TermStatistics): QueryPlan | null {
  if (words.length === 0) return null;
  const byRarity = words
    .map(({ lexeme, found, share }) => ({
      lexeme,
      word: quoteLexeme(lexeme),
      frequency: Math.max(found ?? COUNT_LIMIT, (share ?? 0) * entries),
    }))
    .sort((one, other) => one.frequency - other.frequency);
  const countable = byRarity.filter(({ frequency }) => frequency > 0 && frequency < COUNT_LIMIT);
  const rare = selectRareWords(countable, ({ frequency }) => frequency, CANDIDATES);
  const candidateCount = totalFrequency(rare);
  const matchCount = totalFrequency(byRarity);
  const includeRecent = matchCount > candidateCount && candidateCount < CANDIDATES.min;
  const allWordQueries = byRarity.map(({ word }) => word);
  const anyQuery = allWordQueries.join(' | ');
  return {
    rareQuery: rare.length > 0 ? withinScope(scope, rare.map(({ word }) => word).join(' | ')) : null,
    allQuery: rare.length === 0 && includeRecent ? withinScope(scope, allWordQueries.join(' & ')) : null,
    recentCount: includeRecent ? RECENT_CANDIDATES : 0,
    anyQuery,
    rarestWords: byRarity
      .filter(({ frequency }) => frequency > 0)
      .slice(0, MAX_HIGHLIGHT_WORDS)
      .map(({ lexeme }) => lexeme),
    wordQueries: allWordQueries,
    countQuery: matchCount <= MAX_COUNTABLE_MATCHES ? withinScope(scope, anyQuery) : null,
    weights: byRarity.map(({ frequency }) => inverseDocumentFrequency(frequency, entries)),
  };
}

function totalFrequency(words: { frequency: number }[]): number {
  return words.reduce((sum, { frequency }) => sum + frequency, 0);
}

/** Returns the quoted lexeme that marks all entries of an owner; see `scopeLexemeSql` for the index. */
export function scopeLexeme(userId: string, organizationId: string | null): string {
  return quoteLexeme(`@${organizationId ?? ''}${userId}`);
}

function withinScope(scope: string, query: string): string {
  return `${scope} & (${query})`;
}
