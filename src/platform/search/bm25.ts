/** Okapi BM25 with k1 = 1.2 and b = 0.75. */
const K1 = 1.2;
const B = 0.75;

/** Returns the inverse document frequency of BM25, in the variant that is never negative. */
export function inverseDocumentFrequency(frequency: number, entries: number): number {
  return Math.log(1 + (Math.max(entries, frequency) - frequency + 0.5) / (frequency + 0.5));
}

/**
 * Term frequency, computed from ts_rank: with all weights 1, ts_rank of one word is the sum of 1/i² for i up to the
 * number of its occurrences, divided by the limit of this sum (π²/6).
 */
const termFrequencySql = (words: string): string =>
  `round(1 / (1.64493406685 * (1 - ts_rank('{1,1,1,1}', ${words}, w.word))) - 0.5)`;

/** SQL expressions of what is scored, and parameters of the query. */
export interface Bm25Expressions {
  /** The tsvector of an entry. */
  words: string;
  /** The length of an entry, and the average length. */
  length: string;
  averageLength: string;
  /** Arrays of one tsquery for each word, and of their weights. */
  wordQueries: string;
  weights: string;
}

/** Returns the SQL of the BM25 score of an entry; null when it has none of the words. */
export function bm25ScoreSql({
  words,
  length,
  averageLength,
  wordQueries,
  weights,
}: Bm25Expressions): string {
  const norm = `${K1} * (${1 - B} + ${B} * ${length} / greatest(${averageLength}::float8, 1))`;
  return `(
  SELECT sum(weight * term_frequency * ${K1 + 1} / (term_frequency + ${norm}))
  FROM (SELECT w.weight, ${termFrequencySql(words)} AS term_frequency
    FROM unnest(${wordQueries}::tsquery[], ${weights}::float8[]) w (word, weight) OFFSET 0) p)`;
}

/** Quotes a lexeme for a tsquery. */
export function quoteLexeme(lexeme: string): string {
  return `'${lexeme.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
