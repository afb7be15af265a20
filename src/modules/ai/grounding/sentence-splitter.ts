/** Sentences are handed on at this length at the latest. */
const MAX_SENTENCE_CHARS = 2_000;
/** Only this much of the text is searched for the end of one sentence: with the citations after it. */
const SEARCHED_CHARS = MAX_SENTENCE_CHARS + 200;
const MAX_ABBREVIATION_CHARS = 24;

/** White space within a line. */
const BLANK = String.raw`[^\S\n]`;
const CITATIONS = String.raw`(?:${BLANK}*\[\d+(?:${BLANK}*,${BLANK}*\d+)*\])*`;
const CLOSING_CHARS = `"'”’»)\\]」』）`;
const CLOSING = `[${CLOSING_CHARS}]*`;
/** The next sentence has begun: no citation can follow any more. */
const NEXT = String.raw`(?:[^\s\[]|\[[^\d])`;

/**
 * The end of a sentence with the citations after it: before a blank, after a full stop of a script without blanks, or at
 * the end of a line.
 */
const SENTENCE_END = new RegExp(
  `[.!?…]${CLOSING}${CITATIONS}(?=${BLANK}+${NEXT})|[。！？]${CLOSING}${CITATIONS}(?![${CLOSING_CHARS}])(?=${BLANK}*${NEXT})|\\n`,
  'gu',
);

/** A full stop after these does not end a sentence; neither after a single letter or the number of a list item. */
const ABBREVIATION =
  /(?:^|[\s(])(?:\p{L}|Dr|Mr|Mrs|Ms|Prof|St|vs|cf|e\.g|i\.e|No|pp|approx|ca|bzw|z\. ?B|d\. ?h|Nr|Art|Abs|\p{L}(?:\.\p{L})+|\d{1,3})$/u;

/** Splits a text that arrives in parts into sentences. A sentence keeps the white space before it, and its citations. */
export class SentenceSplitter {
  private rest = '';

  /** Returns the sentences that `text` completes. */
  append(text: string): string[] {
    this.rest += text;
    const sentences: string[] = [];
    for (let end = this.findEnd(); end > 0; end = this.findEnd()) {
      sentences.push(this.rest.slice(0, end));
      this.rest = this.rest.slice(end);
    }
    return sentences;
  }

  /** Returns what is left. */
  finish(): string[] {
    const last = this.rest;
    this.rest = '';
    return last === '' ? [] : [last];
  }

  private findEnd(): number {
    const searched = this.rest.slice(0, SEARCHED_CHARS);
    const firstChar = searched.search(/\S/u);
    for (const match of searched.matchAll(SENTENCE_END)) {
      const end = match.index + match[0].length;
      const before = searched.slice(Math.max(0, match.index - MAX_ABBREVIATION_CHARS), match.index);
      const isAbbreviation = match[0] === '.' && ABBREVIATION.test(before);
      if (!isAbbreviation && firstChar !== -1 && firstChar < end) return end;
    }
    return this.rest.length > MAX_SENTENCE_CHARS ? endBeforeSurrogate(this.rest, MAX_SENTENCE_CHARS) : 0;
  }
}

function endBeforeSurrogate(text: string, end: number): number {
  const unit = text.charCodeAt(end - 1);
  return unit >= 0xd800 && unit <= 0xdbff ? end - 1 : end;
}
