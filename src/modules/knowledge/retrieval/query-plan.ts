import { inverseDocumentFrequency, quoteLexeme, selectRareWords } from '@/platform/search/index.js';

/** A lexeme of a query, and how many chunks contain it. */
export interface TermFrequency {
  lexeme: string;
  /** Chunks of all partitions that the reader reads. */
  chunks: number;
  /** Chunks of those partitions that the search is restricted to. */
  searched: number;
}

export interface CorpusStatistics {
  /** Chunks of all partitions that the reader reads, and their average number of words. */
  chunks: number;
  averageLength: number;
  terms: TermFrequency[];
}

export interface LexicalPlan {
  /** True when filters or phrases exclude chunks that contain the words. */
  isNarrow: boolean;
  /** Lexemes that select the chunks to score: the rarest. */
  candidates: string[];
  /** More lexemes, too common for all of their chunks to be scored. Chunks with all of them are candidates too. */
  common: string[];
  /** Every lexeme of which a chunk was found, the rarest first. */
  words: string[];
  wordQueries: string[];
  /** Inverse document frequencies, in the order of `words`. */
  weights: number[];
  /** True when statistics alone show that there are MAX_TOTAL matches. */
  reachesMaxTotal: boolean;
}

/** Matches are counted up to this number. */
export const MAX_TOTAL = 1000;
/** Numbers of chunks that are scored for the rarest words. */
const CANDIDATES = { min: 500, max: 2500 };
const MAX_WORDS = 32;

/**
 * Plans BM25 over few chunks: words that many chunks contain hardly change the order, so rare words select what is scored.
 * A narrow search scores all matches, because a filter can exclude those of the rare words. Returns null when no chunk contains a word.
 */
export function planLexicalSearch(
  { chunks, terms }: CorpusStatistics,
  isNarrow: boolean,
): LexicalPlan | null {
  const found = terms
    .filter(({ searched }) => searched > 0)
    .sort((one, other) => one.chunks - other.chunks || (one.lexeme < other.lexeme ? -1 : 1))
    .slice(0, MAX_WORDS);
  if (found.length === 0) return null;
  const lexemes = found.map(({ lexeme }) => lexeme);
  const rare = isNarrow ? found : selectRareWords(found, ({ searched }) => searched, CANDIDATES);
  const candidates = rare.map(({ lexeme }) => lexeme);
  const isEnough = isNarrow || candidates.length === lexemes.length || countMatches(rare) >= CANDIDATES.min;
  return {
    isNarrow,
    candidates,
    common: isEnough ? [] : lexemes.filter((lexeme) => !candidates.includes(lexeme)),
    words: lexemes,
    wordQueries: lexemes.map(quoteLexeme),
    weights: found.map((term) => inverseDocumentFrequency(term.chunks, chunks)),
    reachesMaxTotal: !isNarrow && found.some(({ searched }) => searched >= MAX_TOTAL),
  };
}

function countMatches(terms: readonly TermFrequency[]): number {
  return terms.reduce((sum, { searched }) => sum + searched, 0);
}
