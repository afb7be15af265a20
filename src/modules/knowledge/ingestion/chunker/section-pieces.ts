import type { TextBlock } from '@/modules/knowledge/extraction/extracted-document.js';
import { MAX_CHUNK_UNITS, TARGET_UNITS } from './chunk.js';
import type { Section } from './section-tree.js';
import { cutSpan, type Span } from './text-cutter.js';

/** A shorter rest of a section is joined to the piece before it. */
const MIN_REST_UNITS = 200;

/** A heading leaves at least this room for the text below it; a longer one stands alone. */
const MIN_ROOM_UNITS = 600;

const MAX_HEADER_ROW_UNITS = 300;

/** Between two tables; the blanks in place of a line of dashes under a header are none. */
const EMPTY_LINE = /\r?\n\r?\n/;

/** The text of a chunk, before the chunks of a document are numbered. */
export interface Piece extends Span {
  page: number | null;
  /** Whether the piece consists of headings. */
  isHeading: boolean;
  /** The first row of the table that the piece continues. */
  headerRow: string | null;
}

/** Returns the first row of a table, unless rows name their columns themselves, as those of a CSV file do. */
function headerRowOf(text: string, block: TextBlock): string | null {
  const row = text.slice(block.start, block.end);
  return row.includes('\n') || row.includes(': ') ? null : row.slice(0, MAX_HEADER_ROW_UNITS).toWellFormed();
}

/** Merges the blocks of one section to pieces. */
class PieceBuilder {
  readonly pieces: Piece[] = [];
  private table: { start: number; end: number; headerRow: string | null } | null = null;

  constructor(
    private readonly text: string,
    private current: Piece | null,
  ) {}

  add(block: TextBlock): void {
    this.followTable(block);
    for (const part of cutSpan(this.text, block.kind, block, MAX_CHUNK_UNITS, this.roomFor(block))) {
      if (this.current === null || !this.fits(this.current, part)) this.startPiece(block, part);
      else this.current.end = part.end;
    }
    if (this.current !== null && block.kind !== 'heading') this.current.isHeading = false;
  }

  finish(): Piece[] {
    this.closePiece();
    const [before, rest] = this.pieces.slice(-2);
    if (before !== undefined && rest !== undefined && rest.end - rest.start < MIN_REST_UNITS) {
      if (rest.end - before.start <= MAX_CHUNK_UNITS) {
        before.end = rest.end;
        this.pieces.pop();
      }
    }
    return this.pieces;
  }

  private fits(current: Piece, part: Span): boolean {
    return part.end - current.start <= (current.isHeading ? MAX_CHUNK_UNITS : TARGET_UNITS);
  }

  private roomFor(block: TextBlock): number {
    if (this.current?.isHeading !== true) return MAX_CHUNK_UNITS;
    const room = MAX_CHUNK_UNITS - (block.start - this.current.start);
    return room >= MIN_ROOM_UNITS ? room : MAX_CHUNK_UNITS;
  }

  private closePiece(): void {
    if (this.current !== null) this.pieces.push(this.current);
    this.current = null;
  }

  private startPiece(block: TextBlock, part: Span): void {
    this.closePiece();
    const headerRow = this.table !== null && part.start > this.table.start ? this.table.headerRow : null;
    this.current = { ...part, page: block.page ?? null, isHeading: block.kind === 'heading', headerRow };
  }

  /** Rows belong to one table when no empty line is between them. */
  private followTable(block: TextBlock): void {
    if (block.kind !== 'table_row') {
      this.table = null;
      return;
    }
    const gap = this.table === null ? '\n\n' : this.text.slice(this.table.end, block.start);
    if (this.table !== null && !EMPTY_LINE.test(gap)) this.table.end = block.end;
    else this.table = { start: block.start, end: block.end, headerRow: headerRowOf(this.text, block) };
  }
}

/** Returns the pieces of a section. `carried` is the heading of a section above that has no text of its own. */
export function readPieces(text: string, section: Section, carried: Piece | null): Piece[] {
  const builder = new PieceBuilder(text, carried);
  for (const block of section.blocks) builder.add(block);
  return builder.finish();
}
