/** Title of a conversation before its first exchange. */
export const DEFAULT_TITLE = 'New conversation';

const MAX_TITLE_CHARS = 60;
/** One grapheme can have any number of combining marks. This is also the limit for titles that clients send. */
const MAX_TITLE_CODE_UNITS = 200;
/** The title is derived from this many code units at the beginning of a message. */
const SCANNED_CODE_UNITS = 2000;
/** Of a sentence only the beginning can become a title. The time of segmenting grows with the square of the length. */
const MAX_SENTENCE_CODE_UNITS = 2 * MAX_TITLE_CODE_UNITS;

const sentenceSegmenter = new Intl.Segmenter('en', { granularity: 'sentence' });
const wordSegmenter = new Intl.Segmenter('en', { granularity: 'word' });
const graphemeSegmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Derives a title from the first exchange: the first sentence of the question when it has two words or more, else the
 * first sentence of the answer. Returns null when neither has a word.
 */
export function deriveTitle(question: string, answer: string): string | null {
  const questionSentence = firstSentence(question);
  if (hasWords(questionSentence, 2)) return truncateTitle(questionSentence);
  const answerSentence = firstSentence(answer);
  const best = hasWords(answerSentence, 1) ? answerSentence : questionSentence;
  return hasWords(best, 1) ? truncateTitle(best) : null;
}

/** Returns the first sentence that has a word, on one line, without leading Markdown and invisible characters. */
function firstSentence(text: string): string {
  const line = text
    .slice(0, SCANNED_CODE_UNITS)
    .toWellFormed()
    .replace(/^[ \t]*(`{3,}|~{3,}).*$/gm, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, (blank) => (/^\u200d$/.test(blank) ? blank : ' '))
    .replace(/^[\s#>*_`~+-]+/, '')
    .trim();
  const firstWord = line.search(/[\p{L}\p{N}]/u);
  if (firstWord < 0) return line;
  const start = firstWord < MAX_TITLE_CODE_UNITS ? 0 : line.lastIndexOf(' ', firstWord) + 1;
  for (const { segment } of sentenceSegmenter.segment(line.slice(start, start + MAX_SENTENCE_CODE_UNITS)))
    if (hasWords(segment, 1)) return segment.trim();
  return line;
}

/** Returns whether a text has at least `count` words. Stops there: segmenting a long text takes milliseconds. */
function hasWords(text: string, count: number): boolean {
  let found = 0;
  for (const { isWordLike } of wordSegmenter.segment(text.slice(0, MAX_SENTENCE_CODE_UNITS)))
    if (isWordLike && (found += 1) >= count) return true;
  return false;
}

/** Cuts at a word boundary to at most MAX_TITLE_CHARS graphemes and MAX_TITLE_CODE_UNITS code units. */
function truncateTitle(text: string): string {
  const sentence = text.slice(0, MAX_SENTENCE_CODE_UNITS);
  const graphemes = [...graphemeSegmenter.segment(sentence)];
  if (graphemes.length <= MAX_TITLE_CHARS && sentence.length <= MAX_TITLE_CODE_UNITS) return sentence;
  const end = Math.min(graphemes[MAX_TITLE_CHARS]?.index ?? sentence.length, MAX_TITLE_CODE_UNITS);
  const boundary = [...wordSegmenter.segment(sentence)]
    .map(({ index }) => index)
    .filter((index) => index <= end);
  const cut = boundary.at(-1) || end;
  return sentence.slice(0, cut).replace(/[\s\p{Ps}\p{Pd}]+$/u, '') || sentence.slice(0, end).toWellFormed();
}

/** Returns the title of a note or conversation, or one derived from its content when it has none. */
export function displayTitle(title: string | null, content: string): string {
  return title ?? deriveTitle(content, '') ?? 'Untitled note';
}
