import type { BlockKind } from '@/modules/knowledge/extraction/extracted-document.js';
import { joinCells } from '@/modules/knowledge/extraction/table-row.js';
import { unwrap } from './content-controls.js';
import type { DocumentContext } from './document-context.js';
import { DocxOutput } from './docx-output.js';
import { InlineReader } from './inline-reader.js';
import type { ParagraphContent } from './inline-reader.js';
import type { Note } from './notes.js';
import { headingLevelOf } from './styles.js';
import type { StyleProperties } from './styles.js';
import { isLayoutTable, rowsOf } from './tables.js';
import type { TableCell } from './tables.js';
import { childElements, childNamed, flagOf, valueOf } from './xml-reader.js';
import type { XmlElement } from './xml-reader.js';

type Place = 'paper' | 'table' | 'textBox' | 'note';

interface Block {
  kind: BlockKind;
  level?: number;
  text: string;
}

const GENERATED = /^(toc|contents|table of figures|index)(\s+(\d+|heading))?$/i;
const CODE = /^(source code|code|html preformatted|preformatted text|plain text)$/i;

/** Reads the paragraphs and tables of a document in reading order. */
export class BodyReader {
  private readonly inline: InlineReader;
  private readonly pendingNotes: Note[] = [];
  private readonly pendingBoxes: XmlElement[] = [];
  /** The text of paragraphs whose end was deleted; it continues in the next paragraph. */
  private carried = '';

  constructor(
    private readonly document: DocumentContext,
    private readonly output: DocxOutput,
  ) {
    this.inline = new InlineReader(document);
  }

  readBlock(element: XmlElement, place: Place = 'paper'): void {
    if (element.name === 'w:p') {
      const block = this.readParagraph(element, place);
      if (block !== null) this.output.append(block.kind, block.text, block.level);
      this.appendAnchored();
    } else if (element.name === 'w:tbl') this.readTable(element, place);
    else for (const child of unwrap(element) ?? []) this.readBlock(child, place);
  }

  /** Writes what is left at the end of the text. */
  finish(): void {
    if (this.carried !== '') this.output.append('paragraph', this.carried);
    this.carried = '';
    this.appendAnchored();
    this.output.finish();
  }

  private readParagraph(paragraph: XmlElement, place: Place): Block | null {
    const content = this.inline.read(paragraph, place === 'paper' || place === 'note');
    this.queueAnchored(content);
    const properties = childNamed(paragraph, 'w:pPr');
    const text = this.carried + content.text;
    this.carried = '';
    if (isMarkDeleted(properties)) {
      this.carried = text;
      return null;
    }
    const styleId = valueOf(properties, 'w:pStyle');
    const lineage = this.document.styles.paragraphLineage(styleId);
    if (lineage.some((style) => GENERATED.test(style.name))) return null;
    return this.toBlock(text, properties, lineage);
  }

  private toBlock(text: string, properties: XmlElement | undefined, lineage: StyleProperties[]): Block {
    const marker = this.markerOf(properties, lineage);
    const marked = marker === null || marker === '' || text.trim() === '' ? text : `${marker} ${text}`;
    const level = headingLevelOf(properties, lineage);
    if (level !== null) return { kind: 'heading', level, text: marked };
    if (marker !== null) return { kind: 'list_item', text: marked };
    return { kind: lineage.some((style) => CODE.test(style.name)) ? 'code' : 'paragraph', text };
  }

  /** Returns the number or sign of a list item; null for a paragraph that is none. */
  private markerOf(properties: XmlElement | undefined, lineage: readonly StyleProperties[]): string | null {
    const own = childNamed(properties, 'w:numPr');
    const styled = lineage.find((style) => style.numberingId !== undefined);
    const numberingId = valueOf(own, 'w:numId') ?? styled?.numberingId;
    if (numberingId === undefined || numberingId === '0') return null;
    const level =
      valueOf(own, 'w:ilvl') ??
      lineage.find((style) => style.numberingLevel !== undefined)?.numberingLevel ??
      this.document.numbering.levelOfStyle(
        numberingId,
        lineage.map((style) => style.id),
      ) ??
      0;
    return this.document.numbering.next(numberingId, Number(level));
  }

  private readTable(table: XmlElement, place: Place): void {
    const rows = rowsOf(table);
    const arranges = isLayoutTable(rows, this.document.styles);
    this.output.endGroup();
    for (const row of rows) {
      if (row.isHidden) this.document.foundHiddenText = true;
      else if (arranges) this.readCells(row.cells, place === 'note' ? place : 'table');
      else {
        this.output.append('table_row', joinCells(row.cells.map((cell) => this.cellText(cell))));
        this.appendAnchored();
      }
    }
    this.output.endGroup();
  }

  private readCells(cells: readonly TableCell[], place: Place): void {
    for (const { element, isMerged } of cells) {
      if (!isMerged) for (const child of childElements(element)) this.readBlock(child, place);
    }
  }

  private cellText({ element, isMerged }: TableCell): string {
    return isMerged ? '' : this.textOf(childElements(element), 'table').join(' ');
  }

  /** Returns the text of paragraphs that are not blocks of their own. */
  private textOf(elements: readonly XmlElement[], place: Place): string[] {
    return elements.flatMap((element) => {
      if (element.name === 'w:p') return this.readParagraph(element, place)?.text ?? [];
      if (element.name !== 'w:tbl') return this.textOf(unwrap(element) ?? [], place);
      return rowsOf(element).map((row) => joinCells(row.cells.map((cell) => this.cellText(cell))));
    });
  }

  private queueAnchored({ textBoxes, notes }: ParagraphContent): void {
    this.pendingBoxes.push(...textBoxes);
    this.pendingNotes.push(...notes);
  }

  /** Writes the text boxes and the notes of the paragraph or row that was just written. */
  private appendAnchored(): void {
    for (const box of this.pendingBoxes.splice(0)) {
      for (const child of childElements(box)) this.readBlock(child, 'textBox');
    }
    for (const { mark, content } of this.pendingNotes.splice(0)) {
      const text = this.textOf(content, 'note').join('\n').trim();
      this.output.append('footnote', mark === '' || text === '' ? text : `[${mark}] ${text}`);
    }
  }
}

function isMarkDeleted(properties: XmlElement | undefined): boolean {
  const mark = childNamed(properties, 'w:rPr');
  return (
    ['w:del', 'w:moveFrom'].some((name) => childNamed(mark, name) !== undefined) ||
    flagOf(mark, 'w:specVanish') === true
  );
}
