/** A sentence of a text with its relevance; higher is better. */
export interface ScoredSentence<Text> {
  text: Text;
  sentence: string;
  score: number;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
const SENTENCE_END = /(?<=[.!?…]["')\]]?)\s+|(?<=[。！？])|\n+/u;

/** Words that are ignored. A question that consists only of them has no result. */
const STOP_WORDS = new Set(
  `a about all also am an and any are as at be been but by can could did do does for from had has have he her his how i
  if in into is it its just may me might more most my no not of on or our please she should so some tell than that the
  their them then there these they this those to us was we were what when where which who whom whose why will with would
  you your`.split(/\s+/),
);

const MIN_SHARED_PREFIX = 5;
/** Of longer questions only the longest words are used; they tend to be the rarest. */
const MAX_QUERY_WORDS = 32;
/** Bounds the work for one question. */
const MAX_SENTENCES = 4000;
const MAX_SENTENCE_CHARS = 600;
/** Minimum share of the question's words, weighted by rarity, that a sentence must contain. */
const MIN_SUPPORT = 0.34;

/** Returns the distinct words of a text without stop words, in lower case and NFKC. */
export function extractKeywords(text: string): string[] {
  const words: string[] = [];
  for (const { segment, isWordLike } of segmenter.segment(text.toLowerCase().normalize('NFKC')))
    if (isWordLike && !STOP_WORDS.has(segment)) words.push(segment);
  return [...new Set(words)];
}

/** Returns whether two words are probably forms of the same word: `planned` and `planning`. */
export function isSameWord(one: string, other: string): boolean {
  if (one === other || one === `${other}s` || other === `${one}s`) return true;
  if (Math.abs(one.length - other.length) > 4) return false;
  const minPrefix = Math.max(MIN_SHARED_PREFIX, Math.min(one.length, other.length) - 2);
  return (
    one.length >= minPrefix &&
    other.length >= minPrefix &&
    one.slice(0, minPrefix) === other.slice(0, minPrefix)
  );
}

/** Splits at sentence ends and line breaks; removes list markers; cuts sentences to 600 characters. */
export function splitSentences(text: string): string[] {
  const stripped = text.split(SENTENCE_END).map((part) => part.replace(/^[\s#>*\-•\d.)]+(?=\S)/u, '').trim());
  return stripped.filter(({ length }) => length > 2).map((sentence) => sentence.slice(0, MAX_SENTENCE_CHARS));
}

/**
 * Returns the sentences that best match the question, best first, at most `limit`, without duplicates. Rare words weigh
 * more than common ones. Sentences with too few words of the question, and repetitions of the question, are left out.
 */
export function findBestSentences<Text extends { content: string }>(
  question: string,
  texts: readonly Text[],
  limit: number,
): ScoredSentence<Text>[] {
  const queryWords = longestWords(extractKeywords(question));
  const prefixes = queryWords.map((word) => word.slice(0, MIN_SHARED_PREFIX));
  const sentences = texts.flatMap((text) =>
    splitSentences(text.content).map((sentence) => ({ text, sentence })),
  );
  const candidates = sentences.slice(0, MAX_SENTENCES).map(({ text, sentence }) => {
    const folded = sentence.toLowerCase();
    // Segmenting is far slower than this check, which skips sentences that cannot match.
    const words = prefixes.some((prefix) => folded.includes(prefix)) ? extractKeywords(sentence) : [];
    return { text, sentence, words };
  });
  const weights = queryWords.map((word) =>
    inverseDocumentFrequency(
      candidates.filter(({ words }) => includesWord(words, word)).length,
      candidates.length,
    ),
  );
  const totalWeight = weights.reduce((sum, weight) => sum + weight, 0);
  const scored = candidates.map(({ text, sentence, words }) => {
    const hits = queryWords.map((word, index) => (includesWord(words, word) ? (weights[index] ?? 0) : 0));
    const support = totalWeight === 0 ? 0 : hits.reduce((sum, hit) => sum + hit, 0) / totalWeight;
    return { text, sentence, score: support / (1 + words.length / 60) };
  });
  const answers = scored.filter(
    ({ score, sentence }) => score >= MIN_SUPPORT && !isSameQuestion(sentence, queryWords),
  );
  return distinctSentences(answers.sort((a, b) => b.score - a.score)).slice(0, limit);
}

function longestWords(words: readonly string[]): string[] {
  return words.toSorted((one, other) => other.length - one.length).slice(0, MAX_QUERY_WORDS);
}

/** Returns whether a sentence is the same question, asked earlier: it matches best but answers nothing. */
function isSameQuestion(sentence: string, queryWords: readonly string[]): boolean {
  return (
    /[?？]["')\]]?$/u.test(sentence) &&
    extractKeywords(sentence).every((word) => includesWord(queryWords, word))
  );
}

function includesWord(words: readonly string[], word: string): boolean {
  return words.some((other) => isSameWord(other, word));
}

function inverseDocumentFrequency(containing: number, total: number): number {
  return Math.log(1 + (total - containing + 0.5) / (containing + 0.5)) + 0.1;
}

function distinctSentences<Text>(sentences: ScoredSentence<Text>[]): ScoredSentence<Text>[] {
  const seen = new Set<string>();
  return sentences.filter(({ sentence }) => !seen.has(sentence) && seen.add(sentence));
}
