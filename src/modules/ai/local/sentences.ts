/** A sentence of one of the asker's own texts, and how well it answers. */
export interface Found<Text> {
  text: Text;
  sentence: string;
  score: number;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
const SENTENCE_END = /(?<=[.!?…]["')\]]?)\s+|(?<=[。！？])|\n+/u;

/** Words that carry no subject; a question made of nothing else finds nothing. */
const EMPTY = new Set(
  `a about all also am an and any are as at be been but by can could did do does for from had has have he her his how i
  if in into is it its just may me might more most my no not of on or our please she should so some tell than that the
  their them then there these they this those to us was we were what when where which who whom whose why will with would
  you your`.split(/\s+/),
);

const SHARED_STEM = 5;
/** Words of a question that are looked for: the longest, which tend to be the rarest. A normal question has fewer. */
const MOST_WORDS = 32;
/** Sentences that are looked at: more than prose of that length has, and no more than can be done in between. */
const MOST_SENTENCES = 4000;
const LONGEST_SENTENCE = 600;
/** The share of a question's words, weighed by rarity, that a sentence must have to count as an answer. */
const SUPPORT = 0.34;

/** Words that say what a text is about, folded. */
export function subjectsOf(text: string): string[] {
  const words: string[] = [];
  for (const { segment, isWordLike } of segmenter.segment(text.toLowerCase().normalize('NFKC')))
    if (isWordLike && !EMPTY.has(segment)) words.push(segment);
  return [...new Set(words)];
}

/** The same word in another form, near enough: `planned` and `planning`. */
export function alike(one: string, other: string): boolean {
  if (one === other || one === `${other}s` || other === `${one}s`) return true;
  if (Math.abs(one.length - other.length) > 4) return false;
  const stem = Math.max(SHARED_STEM, Math.min(one.length, other.length) - 2);
  return one.length >= stem && other.length >= stem && one.slice(0, stem) === other.slice(0, stem);
}

export function sentencesOf(text: string): string[] {
  const bare = text.split(SENTENCE_END).map((part) => part.replace(/^[\s#>*\-•\d.)]+(?=\S)/u, '').trim());
  return bare.filter(({ length }) => length > 2).map((sentence) => sentence.slice(0, LONGEST_SENTENCE));
}

/**
 * The sentences that share most with the question, best first, at most `most`: rare words count more than common
 * ones, and a sentence with too little of the question is no answer. None is given twice.
 */
export function bestSentences<Text extends { content: string }>(
  question: string,
  texts: readonly Text[],
  most: number,
): Found<Text>[] {
  const asked = longest(subjectsOf(question));
  const beginnings = asked.map((word) => word.slice(0, SHARED_STEM));
  const sentences = texts.flatMap((text) =>
    sentencesOf(text.content).map((sentence) => ({ text, sentence })),
  );
  const pool = sentences.slice(0, MOST_SENTENCES).map(({ text, sentence }) => {
    const folded = sentence.toLowerCase();
    // Taking a sentence apart costs far more than seeing that it cannot matter.
    const words = beginnings.some((beginning) => folded.includes(beginning)) ? subjectsOf(sentence) : [];
    return { text, sentence, words };
  });
  const weights = asked.map((word) =>
    rarity(pool.filter(({ words }) => has(words, word)).length, pool.length),
  );
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const found = pool.map(({ text, sentence, words }) => {
    const hits = asked.map((word, index) => (has(words, word) ? (weights[index] ?? 0) : 0));
    const support = whole === 0 ? 0 : hits.reduce((sum, hit) => sum + hit, 0) / whole;
    return { text, sentence, score: support / (1 + words.length / 60) };
  });
  const answers = found.filter(({ score, sentence }) => score >= SUPPORT && !isAskedAgain(sentence, asked));
  return distinct(answers.sort((a, b) => b.score - a.score)).slice(0, most);
}

function longest(words: readonly string[]): string[] {
  return words.toSorted((one, other) => other.length - one.length).slice(0, MOST_WORDS);
}

/** The same question from another time: nothing matches a question better, and nothing answers it less. */
function isAskedAgain(sentence: string, asked: readonly string[]): boolean {
  return /[?？]["')\]]?$/u.test(sentence) && subjectsOf(sentence).every((word) => has(asked, word));
}

function has(words: readonly string[], word: string): boolean {
  return words.some((other) => alike(other, word));
}

function rarity(containing: number, all: number): number {
  return Math.log(1 + (all - containing + 0.5) / (containing + 0.5)) + 0.1;
}

function distinct<Text>(found: Found<Text>[]): Found<Text>[] {
  const seen = new Set<string>();
  return found.filter(({ sentence }) => !seen.has(sentence) && seen.add(sentence));
}
