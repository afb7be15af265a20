import { ExtractionFailure, MAX_TEXT_UNITS } from './extracted-document.js';
import type { BlockKind, TextBlock } from './extracted-document.js';
import { keepVisibleCharacters } from './visible-characters.js';

export interface BlockOptions {
  /** 1 to 6; only of a heading. */
  level?: number;
  /** The page that the block begins on, from 1. */
  page?: number;
  /** Keeps spaces, tabs and empty lines as they are, for example of program code. */
  verbatim?: boolean;
}

/** Blocks of these kinds follow each other without an empty line. */
const KINDS_IN_LINES = new Set<BlockKind>(['list_item', 'table_row']);

/**
 * Collects the blocks of a document and their exact offsets. Inside a block, white space is normalised: a run without
 * a line break becomes one space, a run with one becomes one line break. A heading is one line.
 */
export class TextBuilder {
  private readonly parts: string[] = [];
  private readonly blocks: TextBlock[] = [];
  private units = 0;
  private groupEnded = true;

  constructor(private readonly maxUnits = MAX_TEXT_UNITS) {}

  /** The length of the text so far, in UTF-16 code units. */
  get length(): number {
    return this.units;
  }

  /** Appends a block; returns false, and appends nothing, when `content` has no visible character. */
  append(kind: BlockKind, content: string, { level, page, verbatim = false }: BlockOptions = {}): boolean {
    const lines = verbatim ? normalizeVerbatim(content) : normalizeWhiteSpace(content);
    const text = kind === 'heading' ? lines.replaceAll('\n', ' ') : lines;
    if (text === '') return false;
    if (this.blocks.length > 0) this.push(this.separatorBefore(kind));
    const start = this.units;
    this.push(text);
    const block: TextBlock = { kind, start, end: this.units };
    if (level !== undefined) block.level = Math.min(Math.max(level, 1), 6);
    if (page !== undefined) block.page = page;
    this.blocks.push(block);
    this.groupEnded = false;
    return true;
  }

  /** Ends a list or a table: an empty line precedes the next block, of whichever kind. */
  endGroup(): void {
    this.groupEnded = true;
  }

  build(): { text: string; blocks: TextBlock[] } {
    return { text: this.parts.join(''), blocks: this.blocks };
  }

  private separatorBefore(kind: BlockKind): string {
    const previous = this.blocks.at(-1)?.kind;
    return kind === previous && KINDS_IN_LINES.has(kind) && !this.groupEnded ? '\n' : '\n\n';
  }

  private push(part: string): void {
    if (this.units + part.length > this.maxUnits) {
      throw new ExtractionFailure('too_large', 'The text of the document is longer than 50 MiB.');
    }
    this.units += part.length;
    this.parts.push(part);
  }
}

/** Returns visible text with single spaces and single line breaks, trimmed. */
export function normalizeWhiteSpace(text: string): string {
  return keepVisibleCharacters(text)
    .replace(/[\r\u0085\u2028\u2029\v\f]/g, '\n')
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n[ \n]*/g, '\n')
    .trim();
}

/** Returns visible text with line feeds, without spaces at the ends of lines and without empty lines around it. */
function normalizeVerbatim(text: string): string {
  const lines = keepVisibleCharacters(text)
    .split(/\r\n|[\n\r\u0085\u2028\u2029\v\f]/)
    .map((line) => line.trimEnd());
  const first = lines.findIndex((line) => line !== '');
  const last = lines.findLastIndex((line) => line !== '');
  return first < 0 ? '' : lines.slice(first, last + 1).join('\n');
}
