import type { BlockKind } from '../extracted-document.js';
import type { TextBuilder } from '../text-builder.js';
import { continuesBlock, isListItem } from './block-starts.js';
import { findFootnotes } from './footnotes.js';
import { joinLines } from './line-joining.js';
import type { CompoundWords } from './line-joining.js';
import type { Heading } from './outline.js';
import type { PageLine } from './page-lines.js';
import { isSameColumn } from './text-statistics.js';
import type { TextStatistics } from './text-statistics.js';

export interface BlockContext {
  headings: ReadonlyMap<PageLine, Heading>;
  statistics: TextStatistics;
  compounds: CompoundWords;
}

interface OpenBlock {
  kind: BlockKind;
  level?: number;
  first: PageLine;
  last: PageLine;
  text: string;
  /** Lines of a heading that are still to come. */
  remaining: number;
}

/** Joins the lines of a document to blocks, page after page. */
export class BlockBuilder {
  private open: OpenBlock | null = null;

  constructor(
    private readonly text: TextBuilder,
    private readonly context: BlockContext,
  ) {}

  addPage(lines: readonly PageLine[]): void {
    const footnotes = findFootnotes(lines, this.context.statistics);
    const notes = lines.filter((line) => footnotes.has(line));
    for (const line of lines) if (!footnotes.has(line)) this.addLine(line);
    if (notes.length === 0) return;
    const interrupted = this.open;
    this.open = null;
    for (const line of notes) this.addNote(line, footnotes.get(line) === true);
    this.flush();
    this.open = interrupted;
  }

  finish(): void {
    this.flush();
  }

  private addLine(line: PageLine): void {
    const heading = this.context.headings.get(line);
    if (heading) {
      this.start('heading', line, heading.level, heading.lines - 1);
      return;
    }
    if (this.open && this.open.remaining > 0) {
      this.open.remaining -= 1;
      this.extend(this.open, line);
      return;
    }
    const kind = kindOf(line);
    if (this.open && this.continues(this.open, line, kind)) this.extend(this.open, line);
    else this.start(kind, line);
  }

  private addNote(line: PageLine, begins: boolean): void {
    if (this.open && !begins) this.extend(this.open, line);
    else this.start('footnote', line);
  }

  private continues(open: OpenBlock, line: PageLine, kind: BlockKind): boolean {
    if (open.kind === 'code' || kind === 'code') {
      return (
        open.kind === kind &&
        isSameColumn(open.last, line) &&
        line.baseline - open.last.baseline < 3 * line.size
      );
    }
    if (open.kind === 'heading' || open.kind === 'table_row' || line.isTableRow) return false;
    return continuesBlock(open.first, open.last, line, this.context.statistics);
  }

  private start(kind: BlockKind, line: PageLine, level?: number, remaining = 0): void {
    this.flush();
    this.open = { kind, level, first: line, last: line, text: line.text, remaining };
  }

  private extend(open: OpenBlock, line: PageLine): void {
    open.text =
      open.kind === 'code'
        ? `${open.text}\n${indented(open, line)}`
        : joinLines(open.text, line.text, this.context.compounds);
    open.last = line;
  }

  private flush(): void {
    const block = this.open;
    this.open = null;
    if (!block) return;
    const { kind, level, first } = block;
    this.text.append(kind, block.text, { level, page: first.page, verbatim: kind === 'code' });
  }
}

function kindOf(line: PageLine): BlockKind {
  if (line.isTableRow) return 'table_row';
  if (line.monospace) return 'code';
  return isListItem(line) ? 'list_item' : 'paragraph';
}

/** Restores the indentation of code; letters of such fonts are about 0.6 of their size wide. */
function indented(open: OpenBlock, line: PageLine): string {
  const columns = Math.round((line.left - open.first.left) / (0.6 * line.size));
  return ' '.repeat(Math.min(Math.max(columns, 0), 40)) + line.text;
}
