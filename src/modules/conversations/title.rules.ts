/** What a conversation is called until its first exchange. */
export const DEFAULT_TITLE = 'New conversation';

const MAX_TITLE_CHARS = 60;
/** What counts as one character can be a pile of accents: the title stays one that could have been typed in. */
const MAX_TITLE_CODE_UNITS = 200;
/** How much of a turn is looked at: a title is in its beginning or nowhere. */
const SCANNED_CODE_UNITS = 2000;

const sentenceSegmenter = new Intl.Segmenter('en', { granularity: 'sentence' });
const wordSegmenter = new Intl.Segmenter('en', { granularity: 'word' });
const graphemeSegmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * A title from the first exchange: the first sentence of the question or, where that says too little, of the
 * answer. Null when neither has a word.
 */
export function deriveTitle(question: string, answer: string): string | null {
  const questionSentence = firstSentence(question);
  if (countWords(questionSentence) >= 2) return truncateTitle(questionSentence);
  const answerSentence = firstSentence(answer);
  const best = countWords(answerSentence) > 0 ? answerSentence : questionSentence;
  return countWords(best) > 0 ? truncateTitle(best) : null;
}

/** On one line, without the marks of Markdown that begin it and without invisible characters. */
function firstSentence(text: string): string {
  const line = text
    .slice(0, SCANNED_CODE_UNITS)
    .toWellFormed()
    .replace(/^[ \t]*(`{3,}|~{3,}).*$/gm, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, (blank) => (/^\u200d$/.test(blank) ? blank : ' '))
    .replace(/^[\s#>*_`~+-]+/, '')
    .trim();
  for (const { segment } of sentenceSegmenter.segment(line))
    if (countWords(segment) > 0) return segment.trim();
  return line;
}

function countWords(text: string): number {
  return [...wordSegmenter.segment(text)].filter(({ isWordLike }) => isWordLike).length;
}

/** At most so many characters as a reader counts them, cut between words where there are any. */
function truncateTitle(sentence: string): string {
  const graphemes = [...graphemeSegmenter.segment(sentence)];
  if (graphemes.length <= MAX_TITLE_CHARS && sentence.length <= MAX_TITLE_CODE_UNITS) return sentence;
  const end = Math.min(graphemes[MAX_TITLE_CHARS]?.index ?? sentence.length, MAX_TITLE_CODE_UNITS);
  const boundary = [...wordSegmenter.segment(sentence)]
    .map(({ index }) => index)
    .filter((index) => index <= end);
  const cut = boundary.at(-1) || end;
  return sentence.slice(0, cut).replace(/[\s\p{Ps}\p{Pd}]+$/u, '') || sentence.slice(0, end).toWellFormed();
}

/** What has no title is called by how it begins. */
export function displayTitle(title: string | null, content: string): string {
  return title ?? deriveTitle(content, '') ?? 'Untitled note';
}
