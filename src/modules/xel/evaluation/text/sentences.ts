import { type Span, toSpan } from './span.js';

/** Abbreviations that are followed by a name or a number, so their full stop ends no sentence. */
const NEVER_LAST =
  /(?:^|[\s("'“‘])(?:Mr|Mrs|Ms|Mx|Dr|Prof|Rev|Gen|Col|Capt|Lt|Sgt|St|Mt|Hon|Fr|Sr|Jr|No|Nos|Fig|vs|approx|e\.g|i\.e|cf|p|pp)\.$/;

/** Initials such as `J.` in `J. R. Smith`. */
const INITIAL = /(?:^|\s)\p{Lu}\.$/u;

/** Where learners often omit the blank: `I am Ana.My cat is small.` Both sides are words, so versions and domains do not match. */
const MISSING_BLANK = /(?<=\p{Ll}{2}[.!?]["'”’)]?)(?=\p{Lu}\p{Ll})/gu;

const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });

/**
 * Splits a text into sentences without surrounding white space. Titles and abbreviations end no sentence, line breaks end one,
 * and a full stop before a capital ends one without a blank too.
 */
export function splitIntoSentences(text: string): Span[] {
  return splitLines(text)
    .flatMap((line) => joinAbbreviations(text, segment(line)))
    .flatMap((sentence) => splitMissingBlanks(text, sentence))
    .flatMap((sentence) => trim(text, sentence));
}

function splitLines(text: string): Span[] {
  const lines: Span[] = [];
  for (const match of text.matchAll(/[^\r\n]+/g))
    lines.push(toSpan(text, match.index, match.index + match[0].length));
  return lines;
}

function segment(line: Span): Span[] {
  return [...segmenter.segment(line.text)].map(({ segment: sentence, index }) => ({
    start: line.start + index,
    end: line.start + index + sentence.length,
    text: sentence,
  }));
}

function joinAbbreviations(text: string, segments: readonly Span[]): Span[] {
  const sentences: Span[] = [];
  for (const next of segments) {
    const last = sentences.at(-1);
    const ending = last?.text.trimEnd() ?? '';
    if (last && (NEVER_LAST.test(ending) || INITIAL.test(ending)))
      sentences[sentences.length - 1] = toSpan(text, last.start, next.end);
    else sentences.push(next);
  }
  return sentences;
}

function splitMissingBlanks(text: string, sentence: Span): Span[] {
  const cuts = [...sentence.text.matchAll(MISSING_BLANK)].map(({ index }) => sentence.start + index);
  const bounds = [sentence.start, ...cuts, sentence.end];
  return bounds.slice(1).map((end, index) => toSpan(text, bounds[index] ?? sentence.start, end));
}

function trim(text: string, { start, text: untrimmed }: Span): Span[] {
  const leading = untrimmed.length - untrimmed.trimStart().length;
  const trimmed = untrimmed.trim();
  return /[\p{L}\p{N}]/u.test(trimmed)
    ? [toSpan(text, start + leading, start + leading + trimmed.length)]
    : [];
}
