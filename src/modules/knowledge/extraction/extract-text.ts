import { decodeText } from './decode-text.js';
import type { DocumentExtractor, TextBlock } from './extracted-document.js';
import { blankOutsideBlocks, requireReadableText, textDocument } from './verbatim-text.js';

const BULLET = /^(?:[-*+•‣◦–]|\(?\d{1,3}[.)]|\(?[a-z][.)])[ \t]+\S/;
const RULE = /^[-=_*~#+.\s]+$/;
const UNDERLINE = /^([=\-~])\1{2,}$/;
const NUMBERED = /^(\d{1,3}(?:\.\d{1,3})*)\.?\s+\p{Lu}/u;
const CHAPTER = /^(?:chapter|section|part|article|appendix|annex)\s+(?:\d+|[ivxlc]+|[a-z])\b/i;
const SENTENCE_END = /[.!?;:,…。！？]$/u;
const MAX_HEADING_UNITS = 80;

/** In a text with longer lines each line is a paragraph; shorter ones are lines of one paragraph. */
const WRAPPED_LINE_UNITS = 200;

interface Line {
  start: number;
  end: number;
  text: string;
}

/** Returns the groups of lines between empty lines; the lines are without the white space around them. */
function readGroups(text: string): Line[][] {
  const groups: Line[][] = [];
  let group: Line[] = [];
  for (const match of text.matchAll(/([^\r\n]*)(?:\r\n|\r|\n|$)/g)) {
    const line = match[1] ?? '';
    const content = line.trim();
    if (content !== '') {
      const start = match.index + line.indexOf(content);
      group.push({ start, end: start + content.length, text: content });
    } else if (group.length > 0) {
      groups.push(group);
      group = [];
    }
  }
  return groups;
}

function isCapitals(text: string): boolean {
  return (text.match(/\p{Lu}/gu)?.length ?? 0) >= 4 && text === text.toUpperCase();
}

function numberDepth(group: Line[] | undefined): number {
  return NUMBERED.exec(group?.[0]?.text ?? '')?.[1]?.split('.').length ?? 0;
}

/** Returns the level of a group that is a heading by its look; null for others. A numbered list has no headings. */
function headingLevel(group: Line[], next: Line[] | undefined): number | null {
  const [first, second] = group;
  if (first === undefined || first.text.length > MAX_HEADING_UNITS) return null;
  if (group.length === 2 && second !== undefined && UNDERLINE.test(second.text) && !RULE.test(first.text)) {
    return second.text.startsWith('=') ? 1 : 2;
  }
  if (group.length !== 1 || next === undefined || SENTENCE_END.test(first.text)) return null;
  if (CHAPTER.test(first.text)) return 1;
  const depth = numberDepth(group);
  if (depth > 0) return numberDepth(next) === depth ? null : Math.min(depth, 6);
  return isCapitals(first.text) ? 1 : null;
}

function spanOf(lines: Line[], kind: TextBlock['kind']): TextBlock {
  return { kind, start: lines[0]?.start ?? 0, end: lines.at(-1)?.end ?? 0 };
}

function splitGroup(group: Line[]): TextBlock[] {
  const lines = group.filter((line) => !RULE.test(line.text));
  const units = lines.reduce((sum, line) => sum + line.text.length, 0);
  const isOneLineEach = units > WRAPPED_LINE_UNITS * lines.length;
  const parts: Line[][] = [];
  for (const line of lines) {
    const current = parts.at(-1);
    if (current === undefined || isOneLineEach || BULLET.test(line.text)) parts.push([line]);
    else current.push(line);
  }
  return parts.map((part) => spanOf(part, BULLET.test(part[0]?.text ?? '') ? 'list_item' : 'paragraph'));
}

/** Reads a plain text. Empty lines separate paragraphs; headings are recognised by their look. */
export const extractText: DocumentExtractor = (bytes) => {
  const { text, warnings } = decodeText(bytes);
  requireReadableText(text);
  const groups = readGroups(text);
  const blocks = groups.flatMap((group, index): TextBlock[] => {
    const level = headingLevel(group, groups[index + 1]);
    return level === null ? splitGroup(group) : [{ ...spanOf(group.slice(0, 1), 'heading'), level }];
  });
  return Promise.resolve(textDocument(blankOutsideBlocks(text, blocks), blocks, { warnings }));
};
