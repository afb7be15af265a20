export const SOURCE_KINDS = ['conversation', 'message', 'note'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** What a rebuilding of the index goes through, in this order. */
export const REINDEX_STAGES = ['conversation', 'message', 'note', 'orphan', 'finished'] as const;
export type ReindexStage = (typeof REINDEX_STAGES)[number];

/** A word of a question, and what is known of it in the asker's collection. */
export interface DocumentFrequency {
  lexeme: string;
  /** Entries with this word, counted up to {@link COUNT_LIMIT}; null where it was seen to be in very many. */
  found: number | null;
  /** Where it is in many: the share of recent entries that have it. */
  share: number | null;
}

export interface TermStatistics {
  /** Entries of the collection, counted up to a cap. */
  entries: number;
  /** How long its entries are, on average. */
  averageLength: number;
  words: DocumentFrequency[];
}

/** Counting how many entries have a word stops here: the word is common. */
export const COUNT_LIMIT = 2000;

/**
 * Entries that are weighed for one question: words are taken in the order of their rarity until they lead to enough
 * entries. With twice or ten times as many the first ten results are the same ones (measured with the 225 questions of the Cranfield collection).
 */
const MIN_CANDIDATES = 500;
const MAX_CANDIDATES = 5000;
/** Where rare words lead to fewer than that, so many of the newest entries of each kind are looked through. */
const RECENT_CANDIDATES = 1000;
/** Up to so many matches are counted one by one. */
const MAX_COUNTABLE_MATCHES = 5_000;
const MAX_HIGHLIGHT_WORDS = 8;

/** How entries are found and weighed for a question. */
export interface QueryPlan {
  /** Entries with one of these rare words are candidates, few enough to look at each. */
  rareQuery: string | null;
  /** Without rare words: entries with all words. */
  allQuery: string | null;
  /** Common words alone lead to too many entries: of each kind, so many of the newest are candidates too. */
  recentCount: number;
  anyQuery: string;
  /** Of all words the rarest, as they are in the index. */
  rarestWords: string[];
  /** Entries with any of the words, where they are few enough to be counted. */
  countQuery: string | null;
  /** Each word with its weight. */
  wordQueries: string[];
  weights: number[];
}

/**
 * Okapi BM25 over as few entries as possible: a word that many entries have says little about any of them, so rare
 * words choose the candidates and common ones only help to order them. Null when the question has no words.
 */
export function buildQueryPlan(scope: string, { entries, words }: TermStatistics): QueryPlan | null {
  if (words.length === 0) return null;
  const byRarity = words
    .map(({ lexeme, found, share }) => ({
      ...{ lexeme, word: quoteLexeme(lexeme) },
      frequency: Math.max(found ?? COUNT_LIMIT, (share ?? 0) * entries),
    }))
    .sort((one, other) => one.frequency - other.frequency);
  const rare = selectRareWords(byRarity);
  const [candidateCount, matchCount] = [totalFrequency(rare), totalFrequency(byRarity)];
  const includeRecent = matchCount > candidateCount && candidateCount < MIN_CANDIDATES;
  const allWordQueries = byRarity.map(({ word }) => word);
  const any = allWordQueries.join(' | ');
  return {
    rareQuery: rare.length > 0 ? withinScope(scope, rare.map(({ word }) => word).join(' | ')) : null,
    allQuery: rare.length === 0 && includeRecent ? withinScope(scope, allWordQueries.join(' & ')) : null,
    recentCount: includeRecent ? RECENT_CANDIDATES : 0,
    anyQuery: any,
    rarestWords: byRarity
      .filter(({ frequency }) => frequency > 0)
      .slice(0, MAX_HIGHLIGHT_WORDS)
      .map(({ lexeme }) => lexeme),
    wordQueries: allWordQueries,
    countQuery: matchCount <= MAX_COUNTABLE_MATCHES ? withinScope(scope, any) : null,
    weights: byRarity.map(({ frequency }) => inverseDocumentFrequency(frequency, entries)),
  };
}

/** The rarest words that lead to enough entries, and to not too many. */
function selectRareWords<Word extends { frequency: number }>(byRarity: Word[]): Word[] {
  let sum = 0;
  return byRarity.filter(({ frequency }) => {
    const selected =
      frequency > 0 && frequency < COUNT_LIMIT && sum < MIN_CANDIDATES && sum + frequency <= MAX_CANDIDATES;
    if (selected) sum += frequency;
    return selected;
  });
}

function totalFrequency(words: { frequency: number }[]): number {
  return words.reduce((sum, { frequency }) => sum + frequency, 0);
}

/** BM25's inverse document frequency, never negative. */
function inverseDocumentFrequency(frequency: number, entries: number): number {
  return Math.log(1 + (Math.max(entries, frequency) - frequency + 0.5) / (frequency + 0.5));
}

/** The lexeme that all entries have which this caller may find. */
export function scopeLexeme(userId: string, organizationId: string | null): string {
  return quoteLexeme(`@${organizationId ?? ''}${userId}`);
}

function withinScope(scope: string, query: string): string {
  return `${scope} & (${query})`;
}

/** A lexeme as a tsquery takes it literally. */
function quoteLexeme(lexeme: string): string {
  return `'${lexeme.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
