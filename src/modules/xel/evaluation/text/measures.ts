import { stem } from './lemmas.js';
import type { Span } from './span.js';
import { rankOf, type VocabularyRanks } from './vocabulary-ranks.js';
import type { Word } from './words.js';

/** Words beyond this rank are no longer basic vocabulary. */
const BASIC_RANK = 2_000;
const ADVANCED_RANK = 5_000;
/** Window of the moving average of types over tokens. */
const WINDOW = 50;

const SUBORDINATORS = new Set(
  `although though because since while whereas unless until if when whenever where wherever before after once that which who
  whom whose whether as`.split(/\s+/),
);

/** Words and phrases that connect sentences, by what they express. */
const CONNECTIVES: Readonly<Record<string, RegExp>> = {
  addition: /\b(?:also|moreover|furthermore|in addition|besides|as well as|not only)\b/gi,
  contrast:
    /\b(?:but|however|although|though|on the other hand|nevertheless|whereas|while|despite|in spite of|yet)\b/gi,
  cause: /\b(?:because|since|so|therefore|as a result|consequently|due to|thus|that is why)\b/gi,
  order:
    /\b(?:first|firstly|second|secondly|then|next|after that|afterwards|finally|at last|in the end|before|later|when)\b/gi,
  example: /\b(?:for example|for instance|such as|like|especially|in particular)\b/gi,
  conclusion: /\b(?:in conclusion|to sum up|in short|overall|all in all|to conclude)\b/gi,
  opinion:
    /\b(?:in my opinion|i think|i believe|in my view|personally|from my point of view|i agree|i disagree)\b/gi,
};

export interface TextMeasures {
  words: number;
  sentences: number;
  wordsPerSentence: number;
  /** Standard deviation of the words per sentence. */
  sentenceVariation: number;
  /** Mean share of different words in 50 words, from 0 to 1. Of shorter texts, the share corrected for their length. */
  diversity: number;
  /** Share of the known words beyond the 2,000 and 5,000 most frequent. Names do not count. */
  beyondBasic: number;
  advanced: number;
  /** Share of words that the list of frequencies has. */
  known: number;
  /** Subordinating words per sentence. */
  subordination: number;
  /** Different kinds of connectives, from 0 to 7. */
  connectiveKinds: number;
  connectivesPerSentence: number;
  /** Share of neighbouring sentences that have a content word in common. */
  overlap: number;
  paragraphs: number;
}

export interface MeasuredText {
  text: string;
  words: readonly Word[];
  sentences: readonly Span[];
  ranks: VocabularyRanks;
}

/** Measures the length, vocabulary and structure of a text. */
export function measureText({ text, words, sentences, ranks }: MeasuredText): TextMeasures {
  const bySentence = groupBySentence(words, sentences);
  const lengths = bySentence.map((group) => group.length).filter((length) => length > 0);
  const mean = lengths.length > 0 ? words.length / lengths.length : 0;
  const rankings = listRankings(words, sentences, ranks);
  const connectives = Object.values(CONNECTIVES).map((kind) => text.match(kind)?.length ?? 0);
  return {
    words: words.length,
    sentences: lengths.length,
    wordsPerSentence: mean,
    sentenceVariation: standardDeviation(lengths, mean),
    diversity: measureDiversity(words),
    beyondBasic: share(rankings, (rank) => rank > BASIC_RANK),
    advanced: share(rankings, (rank) => rank > ADVANCED_RANK),
    known: words.length > 0 ? rankings.length / Math.max(1, countCommonWords(words, sentences)) : 0,
    subordination: ratio(
      words.filter(({ normalized }) => SUBORDINATORS.has(normalized)).length,
      lengths.length,
    ),
    connectiveKinds: connectives.filter((count) => count > 0).length,
    connectivesPerSentence: ratio(sum(connectives), lengths.length),
    overlap: measureOverlap(bySentence, ranks),
    paragraphs: text.split(/\n\s*\n|\r\n\s*\r\n/).filter((paragraph) => paragraph.trim() !== '').length,
  };
}

/** Returns whether a word is a name: it has a capital and begins no sentence. */
export function isName({ text, start }: Word, sentenceStarts: ReadonlySet<number>): boolean {
  return /^\p{Lu}/u.test(text) && !sentenceStarts.has(start) && !/^I(?:['’]|$)/.test(text);
}

function listRankings(words: readonly Word[], sentences: readonly Span[], ranks: VocabularyRanks): number[] {
  const starts = new Set(sentences.map(({ start }) => start));
  return words.flatMap((word) => (isName(word, starts) ? [] : (rankOf(ranks, word.normalized) ?? [])));
}

function countCommonWords(words: readonly Word[], sentences: readonly Span[]): number {
  const starts = new Set(sentences.map(({ start }) => start));
  return words.filter((word) => !isName(word, starts)).length;
}

function groupBySentence(words: readonly Word[], sentences: readonly Span[]): Word[][] {
  let next = 0;
  return sentences.map(({ end }) => {
    const first = next;
    while (next < words.length && (words[next]?.start ?? end) < end) next += 1;
    return words.slice(first, next);
  });
}

/** The expected number of types in a text of n words grows about with the square root of n, so a short text is corrected so. */
function measureDiversity(words: readonly Word[]): number {
  const stems = words.map(({ normalized }) => stem(normalized));
  if (stems.length === 0) return 0;
  if (stems.length <= WINDOW)
    return Math.min(1, (new Set(stems).size / stems.length) * (stems.length / WINDOW) ** 0.25);
  let total = 0;
  const counts = new Map<string, number>();
  stems.forEach((word, index) => {
    counts.set(word, (counts.get(word) ?? 0) + 1);
    const leaving = stems[index - WINDOW];
    if (leaving !== undefined) decrement(counts, leaving);
    if (index >= WINDOW - 1) total += counts.size / WINDOW;
  });
  return total / (stems.length - WINDOW + 1);
}

function decrement(counts: Map<string, number>, word: string): void {
  const count = (counts.get(word) ?? 1) - 1;
  if (count === 0) counts.delete(word);
  else counts.set(word, count);
}

function measureOverlap(bySentence: readonly Word[][], ranks: VocabularyRanks): number {
  const contents = bySentence.map(
    (group) =>
      new Set(
        group.flatMap(({ normalized }) =>
          (rankOf(ranks, normalized) ?? 9_999) > 150 ? [stem(normalized)] : [],
        ),
      ),
  );
  const pairs = contents
    .slice(1)
    .map((content, index) => [contents[index] ?? new Set<string>(), content] as const);
  return ratio(pairs.filter(([one, other]) => [...one].some((word) => other.has(word))).length, pairs.length);
}

function standardDeviation(values: readonly number[], mean: number): number {
  return values.length === 0 ? 0 : Math.sqrt(sum(values.map((value) => (value - mean) ** 2)) / values.length);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function share(values: readonly number[], isCounted: (value: number) => boolean): number {
  return ratio(values.filter(isCounted).length, values.length);
}

function ratio(count: number, total: number): number {
  return total > 0 ? count / total : 0;
}
