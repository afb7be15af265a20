/** Okapi BM25 with k1 = 1.2 and b = 0.75. */
const K1 = 1.2;
const B = 0.75;

/** Returns the inverse document frequency of BM25, in the variant that is never negative. */
export function inverseDocumentFrequency(frequency: number, entries: number): number {
  return Math.log(1 + (Math.max(entries, frequency) - frequency + 0.5) / (frequency + 0.5));
}

/**
 * Returns the SQL of the number of occurrences of one word, computed from ts_rank: with all weights 1, ts_rank is the sum of 1/i²
 * for i up to this number, divided by the limit of this sum (π²/6).
 */
export function termFrequencySql(words: string, word: string): string {
  return `round(1 / (1.64493406685 * (1 - ts_rank('{1,1,1,1}', ${words}, ${word}))) - 0.5)`;
}

/**
 * Returns the SQL of a tsvector that is read from its storage once, and not once for each word of a query: elements of an array are
 * in memory. Needs `OFFSET 0` around it.
 */
export function loadedWordsSql(words: string): string {
  return `(ARRAY[${words}])[1]`;
}

/** SQL expressions of an entry and its corpus. */
export interface Bm25Lengths {
  /** The length of an entry, and the average length. */
  length: string;
  averageLength: string;
}

/** SQL expressions of what is scored, and parameters of the query. */
export interface Bm25Expressions extends Bm25Lengths {
  /** The tsvector of an entry. */
  words: string;
  /** Arrays of one tsquery for each word, and of their weights. */
  wordQueries: string;
  weights: string;
}

/** Returns the SQL of the share of one word in the BM25 score of an entry. */
export function bm25WordScoreSql(
  weight: string,
  termFrequency: string,
  { length, averageLength }: Bm25Lengths,
): string {
  const norm = `${K1} * (${1 - B} + ${B} * ${length} / greatest(${averageLength}::float8, 1))`;
  return `${weight} * ${termFrequency} * ${K1 + 1} / (${termFrequency} + ${norm})`;
}

/** Returns the SQL of the BM25 score of an entry; null when it has none of the words. */
export function bm25ScoreSql({ words, wordQueries, weights, ...lengths }: Bm25Expressions): string {
  return `(
  SELECT sum(${bm25WordScoreSql('weight', 'term_frequency', lengths)})
  FROM (SELECT w.weight, ${termFrequencySql(words, 'w.word')} AS term_frequency
    FROM unnest(${wordQueries}::tsquery[], ${weights}::float8[]) w (word, weight) OFFSET 0) p)`;
}

/** Quotes a lexeme for a tsquery. */
export function quoteLexeme(lexeme: string): string {
  return `'${lexeme.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
