import { setImmediate as nextTurn } from 'node:timers/promises';

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
  if in into is it its just many may me might more most much my no not of on or our please she should so some tell than that the
  their them then there these they this those to us was we were what when where which who whom whose why will with would
  you your`.split(/\s+/),
);

const MIN_SHARED_PREFIX = 5;
/** Of longer questions only the longest words are used; they tend to be the rarest. */
const MAX_QUERY_WORDS = 32;
/** Bounds the work for one question. */
const MAX_SENTENCES = 4000;
/** Characters that are searched before other requests are served: a few milliseconds. */
const SLICE_CHARS = 1200;
const MAX_SENTENCE_CHARS = 600;
/** Minimum share of the question's words, weighted by rarity, that a sentence must contain. */
const MIN_SUPPORT = 0.34;
/** In fewer sentences a word that all have would weigh next to nothing, and one that is missing nearly all. */
const MIN_COUNTED_SENTENCES = 10;
/** What the words of earlier questions count beside those of the question. */
const EARLIER_WORDS_SHARE = 0.5;

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
 * Of several answers to a follow-up, those with words of `earlierQuestions` are returned; a question without words of its
 * own is answered by the words of those alone.
 * Between slices of the work the event loop serves other requests.
 */
export async function findBestSentences<Text extends { content: string }>(
  question: string,
  texts: readonly Text[],
  limit: number,
  earlierQuestions: readonly string[] = [],
): Promise<ScoredSentence<Text>[]> {
  const [words, earlierWords] = await toQueryWords(question, earlierQuestions);
  const candidates = await collectCandidates([...words, ...earlierWords], texts);
  const weights = [...words, ...earlierWords].map((_, index) =>
    inverseDocumentFrequency(
      candidates.filter(({ matches }) => matches.includes(index)).length,
      candidates.length,
    ),
  );
  const ownWeights = weights.map((weight, index) => (index < words.length ? weight : 0));
  const earlierWeights = weights.map((weight, index) => (index < words.length ? 0 : weight));
  const answers = candidates.flatMap(({ text, sentence, matches, wordCount, isQuestion }) => {
    const dampening = 1 + wordCount / 60;
    const support = shareOf(matches, ownWeights) / dampening;
    if (isQuestion || support < MIN_SUPPORT) return [];
    const earlierSupport = shareOf(matches, earlierWeights) / dampening;
    return [{ text, sentence, earlierSupport, score: support + EARLIER_WORDS_SHARE * earlierSupport }];
  });
  const isNamed = answers.some(({ earlierSupport }) => earlierSupport > 0);
  const relevant = answers.filter(({ earlierSupport }) => !isNamed || earlierSupport > 0);
  return distinctSentences(relevant.sort((a, b) => b.score - a.score)).slice(0, limit);
}

/** Returns the words that support an answer, and further words that choose between answers. */
async function toQueryWords(
  question: string,
  earlierQuestions: readonly string[],
): Promise<[string[], string[]]> {
  const words = longestWords(await extractQuestionWords(question));
  const earlier = await extractQuestionWords(earlierQuestions.join('\n'));
  const earlierWords = longestWords(earlier.filter((word) => !includesWord(words, word)));
  return words.length === 0 ? [earlierWords, []] : [words, earlierWords];
}

/** Returns the share of the weights that the matches have: 0 to 1. */
function shareOf(matches: readonly number[], weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return 0;
  return matches.reduce((sum, index) => sum + (weights[index] ?? 0), 0) / total;
}

/** A sentence with the words of the question that it contains. */
interface Candidate<Text> {
  text: Text;
  sentence: string;
  /** Indexes of the words of the question. */
  matches: readonly number[];
  wordCount: number;
  /** True for the same question, asked earlier: it matches best but answers nothing. */
  isQuestion: boolean;
}

async function collectCandidates<Text extends { content: string }>(
  queryWords: readonly string[],
  texts: readonly Text[],
): Promise<Candidate<Text>[]> {
  const candidates: Candidate<Text>[] = [];
  const prefixes = queryWords.map((word) => word.slice(0, MIN_SHARED_PREFIX));
  let slice = 0;
  for (const text of texts) {
    slice += SLICE_CHARS; // splitting costs as much as a slice
    for (const sentence of splitSentences(text.content)) {
      if (candidates.length >= MAX_SENTENCES) return candidates;
      if (slice >= SLICE_CHARS) {
        await nextTurn();
        slice = 0;
      }
      const folded = sentence.toLowerCase();
      // Segmenting is far slower than this check, which skips sentences that cannot match.
      const words = prefixes.some((prefix) => folded.includes(prefix)) ? extractKeywords(sentence) : [];
      slice += words.length > 0 ? sentence.length : 16;
      candidates.push(toCandidate(text, sentence, words, queryWords));
    }
  }
  return candidates;
}

function toCandidate<Text>(
  text: Text,
  sentence: string,
  words: readonly string[],
  queryWords: readonly string[],
): Candidate<Text> {
  const matches =
    words.length === 0
      ? []
      : [...queryWords.keys()].filter((index) => includesWord(words, queryWords[index] ?? ''));
  const isQuestion =
    /[?？]["')\]]?$/u.test(sentence) && words.every((word) => includesWord(queryWords, word));
  return { text, sentence, matches, wordCount: words.length, isQuestion };
}

/**
 * Returns the distinct words of a question. It is cut into pieces, at spaces where it has them, because the time of
 * `Intl.Segmenter` grows with the square of the length.
 */
async function extractQuestionWords(question: string): Promise<string[]> {
  const words = new Set<string>();
  for (const piece of question.match(/[^]{1,600}(?=\s|$)|[^]{1,600}/gu) ?? []) {
    extractKeywords(piece).forEach((word) => words.add(word));
    await nextTurn();
  }
  return [...words];
}

function longestWords(words: readonly string[]): string[] {
  return words.toSorted((one, other) => other.length - one.length).slice(0, MAX_QUERY_WORDS);
}

function includesWord(words: readonly string[], word: string): boolean {
  return words.some((other) => isSameWord(other, word));
}

function inverseDocumentFrequency(containing: number, counted: number): number {
  const total = Math.max(counted, MIN_COUNTED_SENTENCES);
  return Math.log(1 + (total - containing + 0.5) / (containing + 0.5)) + 0.1;
}

function distinctSentences<Text>(sentences: ScoredSentence<Text>[]): ScoredSentence<Text>[] {
  const seen = new Set<string>();
  return sentences.filter(({ sentence }) => !seen.has(sentence) && seen.add(sentence));
}
