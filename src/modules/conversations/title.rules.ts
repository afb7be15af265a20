/** What a conversation is called until its first exchange. */
export const DEFAULT_TITLE = 'New conversation';

const LONGEST = 60;
/** What counts as one character can be a pile of accents: the title stays one that could have been typed in. */
const MOST_CODE_UNITS = 200;
/** How much of a turn is looked at: a title is in its beginning or nowhere. */
const BEGINNING = 2000;

const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });
const words = new Intl.Segmenter('en', { granularity: 'word' });
const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * A title from the first exchange: the first sentence of the question or, where that says too little, of the
 * answer. Null when neither has a word.
 */
export function titleOf(question: string, answer: string): string | null {
  const asked = firstSentence(question);
  if (countWords(asked) >= 2) return shorten(asked);
  const answered = firstSentence(answer);
  const best = countWords(answered) > 0 ? answered : asked;
  return countWords(best) > 0 ? shorten(best) : null;
}

/** On one line, without the marks of Markdown that begin it and without invisible characters. */
function firstSentence(text: string): string {
  const line = text
    .slice(0, BEGINNING)
    .toWellFormed()
    .replace(/^[ \t]*(`{3,}|~{3,}).*$/gm, ' ')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, (blank) => (/^\u200d$/.test(blank) ? blank : ' '))
    .replace(/^[\s#>*_`~+-]+/, '')
    .trim();
  for (const { segment } of sentences.segment(line)) if (countWords(segment) > 0) return segment.trim();
  return line;
}

function countWords(text: string): number {
  return [...words.segment(text)].filter(({ isWordLike }) => isWordLike).length;
}

/** At most so many characters as a reader counts them, cut between words where there are any. */
function shorten(sentence: string): string {
  const seen = [...characters.segment(sentence)];
  if (seen.length <= LONGEST && sentence.length <= MOST_CODE_UNITS) return sentence;
  const end = Math.min(seen[LONGEST]?.index ?? sentence.length, MOST_CODE_UNITS);
  const boundary = [...words.segment(sentence)].map(({ index }) => index).filter((index) => index <= end);
  const cut = boundary.at(-1) || end;
  return sentence.slice(0, cut).replace(/[\s\p{Ps}\p{Pd}]+$/u, '') || sentence.slice(0, end).toWellFormed();
}

/** What has no title is called by how it begins. */
export function shownTitle(title: string | null, content: string): string {
  return title ?? titleOf(content, '') ?? 'Untitled note';
}
