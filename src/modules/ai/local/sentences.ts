/** A sentence of one of the asker's own texts, and how well it answers. */
export interface ScoredSentence<Text> {
  text: Text;
  sentence: string;
  score: number;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
const SENTENCE_END = /(?<=[.!?…]["')\]]?)\s+|(?<=[。！？])|\n+/u;

/** Words that carry no subject; a question made of nothing else finds nothing. */
const STOP_WORDS = new Set(
  `a about all also am an and any are as at be been but by can could did do does for from had has have he her his how i
  if in into is it its just may me might more most my no not of on or our please she should so some tell than that the
  their them then there these they this those to us was we were what when where which who whom whose why will with would
  you your`.split(/\s+/),
);

const MIN_SHARED_PREFIX = 5;
/** Words of a question that are looked for: the longest, which tend to be the rarest. A normal question has fewer. */
const MAX_QUERY_WORDS = 32;
/** Sentences that are looked at: more than prose of that length has, and no more than can be done in between. */
const MAX_SENTENCES = 4000;
const MAX_SENTENCE_CHARS = 600;
/** The share of a question's words, weighed by rarity, that a sentence must have to count as an answer. */
const MIN_SUPPORT = 0.34;

/** Words that say what a text is about, folded. */
export function extractKeywords(text: string): string[] {
  const words: string[] = [];
  for (const { segment, isWordLike } of segmenter.segment(text.toLowerCase().normalize('NFKC')))
    if (isWordLike && !STOP_WORDS.has(segment)) words.push(segment);
  return [...new Set(words)];
}

/** The same word in another form, near enough: `planned` and `planning`. */
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

export function splitSentences(text: string): string[] {
  const stripped = text.split(SENTENCE_END).map((part) => part.replace(/^[\s#>*\-•\d.)]+(?=\S)/u, '').trim());
  return stripped.filter(({ length }) => length > 2).map((sentence) => sentence.slice(0, MAX_SENTENCE_CHARS));
}

/**
 * The sentences that share most with the question, best first, at most `most`: rare words count more than common
 * ones, and a sentence with too little of the question is no answer. None is given twice.
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
    // Taking a sentence apart costs far more than seeing that it cannot matter.
    const words = prefixes.some((beginning) => folded.includes(beginning)) ? extractKeywords(sentence) : [];
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

/** The same question from another time: nothing matches a question better, and nothing answers it less. */
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
