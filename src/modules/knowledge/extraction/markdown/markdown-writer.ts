import type { FootnoteDefinition, List, ListItem, RootContent, Table } from 'mdast';
import { ExtractionFailure } from '@/modules/knowledge/extraction/extracted-document.js';
import { extractHtml } from '@/modules/knowledge/extraction/html/extract-html.js';
import { joinCells } from '@/modules/knowledge/extraction/table-row.js';
import { TextBuilder } from '@/modules/knowledge/extraction/text-builder.js';
import { FootnoteNumbers, InlineReader, RAW_TEXT_TAG } from './inline-text.js';

const TAG_OR_COMMENT = /<!--[^]*?(?:-->|$)|<[/!?]?[a-z][^>]*>/gi;

/** Writes the blocks of a Markdown tree. */
export class MarkdownWriter {
  readonly builder = new TextBuilder();
  /** The first heading of the highest level, when the text begins with it. */
  title: string | null = null;
  private readonly footnotes = new FootnoteNumbers();
  private readonly inline = new InlineReader(this.footnotes);
  private readonly notes: FootnoteDefinition[] = [];
  private htmlHidesText = false;
  private marker = '';

  get hasHiddenText(): boolean {
    return this.inline.hasHiddenText || this.htmlHidesText;
  }

  async write(nodes: readonly RootContent[]): Promise<void> {
    for (const node of nodes) await this.writeBlock(node);
  }

  /** Writes the notes, which stand at the end of the document, in the order of their marks. */
  async writeNotes(): Promise<void> {
    const numbered = this.notes.map((note) => ({ note, number: this.footnotes.numberOf(note.identifier) }));
    for (const { note, number } of numbered.sort((a, b) => a.number - b.number)) {
      const paragraphs = note.children.map((child) =>
        'children' in child ? this.inline.read(child.children as never) : '',
      );
      this.builder.append('footnote', `${number} ${paragraphs.join('\n')}`);
    }
  }

  private async writeBlock(node: RootContent): Promise<void> {
    switch (node.type) {
      case 'heading':
        return this.writeHeading(this.inline.read(node.children), node.depth);
      case 'paragraph':
        return this.writeText(this.inline.read(node.children));
      case 'code':
        this.builder.append('code', node.value, { verbatim: true });
        return;
      case 'blockquote':
        return this.write(node.children);
      case 'list':
        return this.writeList(node);
      case 'table':
        return this.writeTable(node);
      case 'html':
        return this.writeHtml(node.value);
      case 'footnoteDefinition':
        this.notes.push(node);
        return;
      case 'thematicBreak':
        return this.builder.endGroup();
      default:
        return;
    }
  }

  private writeHeading(text: string, level: number): void {
    if (this.builder.length === 0 && level === 1) this.title = text.replace(/\s+/g, ' ').trim() || null;
    this.builder.append('heading', text, { level });
  }

  private writeText(text: string): void {
    const kind = this.marker === '' ? 'paragraph' : 'list_item';
    this.builder.append(kind, this.marker + text);
    this.marker = '';
  }

  private async writeList(list: List): Promise<void> {
    let number = list.start ?? 1;
    for (const item of list.children) {
      this.marker = markerOf(list, item, number);
      number += 1;
      await this.write(item.children);
      this.marker = '';
    }
    this.builder.endGroup();
  }

  private writeTable(table: Table): void {
    this.builder.endGroup();
    for (const row of table.children) {
      this.builder.append(
        'table_row',
        joinCells(row.children.map((cell) => this.inline.read(cell.children))),
      );
    }
    this.builder.endGroup();
  }

  /** Reads a block of HTML as a page of its own; without text it is only a tag. */
  private async writeHtml(html: string): Promise<void> {
    if (html.replace(TAG_OR_COMMENT, '').trim() === '') return;
    try {
      const { text, blocks, warnings } = await extractHtml(new TextEncoder().encode(`\ufeff${html}`));
      this.htmlHidesText ||= warnings.includes('hidden_text');
      for (const { kind, start, end, level } of blocks) {
        this.builder.append(kind, text.slice(start, end), { level, verbatim: kind === 'code' });
      }
    } catch (error) {
      if (!(error instanceof ExtractionFailure) || error.code !== 'no_text') throw error;
      this.htmlHidesText ||= !RAW_TEXT_TAG.test(html);
    }
  }
}

function markerOf(list: List, item: ListItem, number: number): string {
  if (item.checked === true) return '☒ ';
  if (item.checked === false) return '☐ ';
  return list.ordered ? `${number}. ` : '• ';
}
