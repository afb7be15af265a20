import type { BlockKind } from '@/modules/knowledge/extraction/extracted-document.js';
import { joinCells } from '@/modules/knowledge/extraction/table-row.js';
import type { TextBuilder } from '@/modules/knowledge/extraction/text-builder.js';

/** What the text that is being read belongs to. */
export interface BlockContext {
  kind: BlockKind;
  level?: number;
}

/** Collects running text into blocks; inside a capture, for example a cell of a table, all text stays together. */
export class HtmlTextWriter {
  private buffer: string[] = [];
  private readonly captures: string[][] = [];
  private cells: string[] | null = null;
  private readings: string[] | null = null;
  private marker = '';
  private context: BlockContext = { kind: 'paragraph' };

  constructor(private readonly builder: TextBuilder) {}

  write(text: string): void {
    (this.captures.at(-1) ?? this.buffer).push(text);
  }

  /** Ends the block so far. What follows belongs to `context`. */
  startBlock(context: BlockContext): void {
    if (this.captures.length > 0) {
      this.write(' ');
      return;
    }
    this.flush();
    this.context = context;
  }

  /** The marker precedes the first text of the item; a heading in the item has none. */
  startItem(marker: string): void {
    if (this.captures.length > 0) this.write(marker);
    else this.marker = marker;
  }

  endItem(): void {
    this.marker = '';
  }

  endGroup(): void {
    if (this.captures.length > 0) return;
    this.flush();
    this.builder.endGroup();
  }

  startCapture(): void {
    this.captures.push([]);
  }

  endCapture(): string {
    return this.captures.pop()?.join('') ?? '';
  }

  get captureDepth(): number {
    return this.captures.length;
  }

  startReadings(): void {
    this.readings = [];
  }

  /** Keeps a reading of characters until they end; outside of annotated characters it is text like any other. */
  addReading(text: string): void {
    if (this.readings === null) this.write(text);
    else this.readings.push(text);
  }

  endReadings(): string {
    const readings = this.readings?.join('') ?? '';
    this.readings = null;
    return readings;
  }

  startRow(): void {
    this.flush();
    this.cells = [];
  }

  addCell(text: string): void {
    this.cells?.push(text);
  }

  endRow(): void {
    const row = joinCells(this.cells ?? []);
    this.cells = null;
    this.builder.append('table_row', row);
  }

  private flush(): void {
    const text = this.buffer.join('');
    this.buffer = [];
    const { kind, level } = this.context;
    const takesMarker = kind === 'list_item' || kind === 'footnote';
    const marked = takesMarker && text.trim() !== '' ? this.marker + text : text;
    if (this.builder.append(kind, marked, { level, verbatim: kind === 'code' })) this.marker = '';
  }
}
