import type { ExtractedDocument, TextBlock } from '@/modules/knowledge/extraction/extracted-document.js';
import { MAX_PARENT_UNITS } from './chunk.js';
import type { Span } from './text-cutter.js';

const MAX_HEADING_UNITS = 200;

/** A heading with what follows it up to the next heading of any level. The first one may have no heading. */
export interface Section {
  blocks: TextBlock[];
  headingPath: string[];
  /** The largest part of the document with this section that is short enough to be read with a chunk; or null. */
  parent: Span | null;
}

interface OpenSection extends Section {
  level: number;
  above: OpenSection | null;
  span: Span;
}

function headingText(text: string, block: TextBlock): string {
  const heading = text.slice(block.start, block.end).replace(/\s+/g, ' ').trim();
  return heading.length <= MAX_HEADING_UNITS
    ? heading
    : `${heading.slice(0, MAX_HEADING_UNITS).toWellFormed()}…`;
}

function open(text: string, block: TextBlock, above: OpenSection | null): OpenSection {
  const isHeading = block.kind === 'heading';
  return {
    blocks: [],
    headingPath: [...(above?.headingPath ?? []), ...(isHeading ? [headingText(text, block)] : [])],
    parent: null,
    level: isHeading ? (block.level ?? 1) : 0,
    above,
    span: { start: block.start, end: block.end },
  };
}

function parentOf(section: OpenSection, whole: Span): Span | null {
  if (whole.end - whole.start <= MAX_PARENT_UNITS) return whole;
  let parent: Span | null = null;
  for (let next: OpenSection | null = section; next !== null; next = next.above) {
    if (next.span.end - next.span.start > MAX_PARENT_UNITS) break;
    parent = next.span;
  }
  return parent;
}

/** Returns the sections of a document in reading order. */
export function readSections({ text, blocks }: Pick<ExtractedDocument, 'text' | 'blocks'>): Section[] {
  const sections: OpenSection[] = [];
  let current: OpenSection | null = null;
  for (const block of blocks) {
    if (block.kind === 'heading' || current === null) {
      let above: OpenSection | null = current;
      while (above !== null && (above.level === 0 || above.level >= (block.level ?? 1))) above = above.above;
      current = open(text, block, above);
      sections.push(current);
    }
    current.blocks.push(block);
    for (let next: OpenSection | null = current; next !== null; next = next.above) next.span.end = block.end;
  }
  const whole = { start: blocks[0]?.start ?? 0, end: blocks.at(-1)?.end ?? 0 };
  for (const section of sections) section.parent = parentOf(section, whole);
  return sections;
}
