import type { BlockKind } from '@/modules/knowledge/extraction/extracted-document.js';
import { TARGET_UNITS } from './chunk.js';

const SENTENCES = new Intl.Segmenter(undefined, { granularity: 'sentence' });
const WORDS = new Intl.Segmenter(undefined, { granularity: 'word' });
const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** After these a full stop does not end a sentence, although the segmenter says so. */
const ABBREVIATION =
  /(?:^|[\s(])(?:\p{Lu}|Dr|Mr|Mrs|Ms|Prof|St|Jr|Sr|Gen|Rev|Hon|No|Nr|Nos|Art|Abs|Fig|Figs|Tab|Vol|pp?|cf|vs|etc|approx|[Ee]\.g|[Ii]\.e|[zZ]\. ?B|bzw|ca|vgl|d\. ?h|u\. ?a|M|Mme|Mlle|Sra?|Dra?|Sig|ул|г|им|т\. ?д)\.\s*$/u;

/** Neither a mark nor a joiner may be separated from the character before it, nor the halves of a pair. */
const ATTACHED = /^(?:[\p{M}\u200c\u200d\ufe0f\u{1f3fb}-\u{1f3ff}]|[\udc00-\udfff])/u;

const WINDOW_OVERLAP = 8;

function* boundaries(segmenter: Intl.Segmenter, text: string): Generator<number> {
  for (const { index, segment } of segmenter.segment(text)) yield index + segment.length;
}

function* sentenceEnds(text: string): Generator<number> {
  for (const end of boundaries(SENTENCES, text)) {
    if (!ABBREVIATION.test(text.slice(Math.max(0, end - 12), end))) yield end;
  }
}

function* matchEnds(text: string, expression: RegExp): Generator<number> {
  for (const match of text.matchAll(expression)) yield match.index + match[0].length;
}

/** Returns the boundary nearest to the target, from its half to the limit; null when there is none. */
function choose(ends: Iterable<number>, target: number, limit: number, text: string): number | null {
  let best: number | null = null;
  for (const end of ends) {
    if (end > limit) break;
    if (end < target / 2 || ATTACHED.test(text.slice(end, end + 2))) continue;
    if (end > target && best !== null) break;
    best = end;
  }
  return best;
}

/** Returns where to cut `text`, which is longer than `limit`: at most `limit`, at least 1. */
function findCut(kind: BlockKind, text: string, limit: number): number {
  const target = Math.min(TARGET_UNITS, limit);
  const lines = () => matchEnds(text, /\r\n|[\r\n]/g);
  const byKind =
    kind === 'code' || kind === 'table_row'
      ? [lines, () => sentenceEnds(text)]
      : [() => sentenceEnds(text), lines];
  const tries = [...byKind, () => matchEnds(text, /\s+/g), () => boundaries(WORDS, text)];
  for (const ends of tries) {
    const cut = choose(ends(), target, limit, text);
    if (cut !== null) return cut;
  }
  let last = 0;
  for (const end of boundaries(GRAPHEMES, text)) {
    if (end > limit) break;
    last = end;
  }
  if (last > 0) return last;
  return /[\ud800-\udbff]/.test(text.charAt(limit - 1)) ? limit - 1 : limit;
}

export interface Span {
  start: number;
  end: number;
}

/** Returns a span without the white space at its ends; null when nothing else is in it. */
export function trimSpan(text: string, { start, end }: Span): Span | null {
  const part = text.slice(start, end);
  const content = part.trim();
  if (content === '') return null;
  const first = start + part.length - part.trimStart().length;
  return { start: first, end: first + content.length };
}

/** Cuts a block into parts of at most `limit` code units, never inside a character as a reader sees it. */
export function cutSpan(
  text: string,
  kind: BlockKind,
  span: Span,
  limit: number,
  firstLimit = limit,
): Span[] {
  const parts: Span[] = [];
  let rest = trimSpan(text, span);
  while (rest !== null) {
    const bound: number = parts.length === 0 ? firstLimit : limit;
    if (rest.end - rest.start <= bound) return [...parts, rest];
    const window = text.slice(rest.start, Math.min(rest.end, rest.start + bound + WINDOW_OVERLAP));
    const cut: number = rest.start + findCut(kind, window, bound);
    const part = trimSpan(text, { start: rest.start, end: cut });
    if (part !== null) parts.push(part);
    rest = trimSpan(text, { start: cut, end: rest.end });
  }
  return parts;
}
