import type { PageLine } from './page-lines.js';
import { isSameColumn } from './text-statistics.js';
import type { TextStatistics } from './text-statistics.js';

const LIST_MARK =
  /^(?:[•◦▪▫‣·●○■□➢➤❖✓✗☐☑☒*–—-]\s+\S|\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)]\s+\S|\(\d{1,3}\)\s+\S)/u;
const SENTENCE_END = /[.!?:;。！？؟…]["'”’»)\]]*$/u;
/** A line that ends this far from the edge of its column, relative to the width, ends a paragraph. */
const SHORT_LINE = 0.15;
/** Indentation of the first line of a paragraph, relative to the font size. */
const INDENTATION = 0.8;
/** The distance before a paragraph exceeds that of its lines by this part. */
const MORE_SPACE = 1.22;

export const isListItem = (line: PageLine): boolean => LIST_MARK.test(line.text);

/** Whether a line continues the paragraph or the list item of the line before it. `first` is the first line of that. */
export function continuesBlock(
  first: PageLine,
  previous: PageLine,
  line: PageLine,
  statistics: TextStatistics,
): boolean {
  if (isListItem(line)) return isNumberInSentence(first, previous, line);
  if (Math.abs(line.size - previous.size) > 0.12 * Math.max(line.size, previous.size)) return false;
  if (!isSameColumn(previous, line)) return continuesElsewhere(previous, line);
  const distance = line.baseline - previous.baseline;
  if (distance > MORE_SPACE * statistics.leading * line.size || distance < 0) return false;
  if (isListItem(first)) return line.left > first.left + 0.3 * line.size || reachesEdge(previous);
  if (isIndented(line, previous) && SENTENCE_END.test(previous.text)) return false;
  return !(endsEarly(previous, line) && SENTENCE_END.test(previous.text));
}

/** A date such as "20. June" at the start of a line looks like the number of a list item. */
function isNumberInSentence(first: PageLine, previous: PageLine, line: PageLine): boolean {
  if (!/^\d/.test(line.text) || !isSameColumn(previous, line) || !reachesEdge(previous)) return false;
  if (isListItem(first) && line.left <= first.left + 0.3 * line.size) return false;
  return !SENTENCE_END.test(previous.text);
}

/** A paragraph continues in the next column or on the next page when its sentence does. */
function continuesElsewhere(previous: PageLine, line: PageLine): boolean {
  if (SENTENCE_END.test(previous.text)) return false;
  return /^\p{Ll}/u.test(line.text) || /[-\u2010\u00ad,]$/u.test(previous.text);
}

const isIndented = (line: PageLine, previous: PageLine): boolean =>
  line.left > previous.left + INDENTATION * line.size && previous.left <= line.columnLeft + 0.3 * line.size;

const reachesEdge = (line: PageLine): boolean =>
  line.right >= line.columnRight - SHORT_LINE * (line.columnRight - line.columnLeft);

/** Whether the first word of the next line would have had enough space at the end of the line before it. */
function endsEarly(previous: PageLine, line: PageLine): boolean {
  if (reachesEdge(previous)) return false;
  const letters = line.text.length || 1;
  const word = (/^\S+/.exec(line.text)?.[0].length ?? 1) * ((line.right - line.left) / letters);
  return previous.right + word + 0.3 * line.size < previous.columnRight;
}
