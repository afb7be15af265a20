import type { BlockKind } from '@/modules/knowledge/extraction/extracted-document.js';
import type { TextBuilder } from '@/modules/knowledge/extraction/text-builder.js';

/** Appends blocks to the text; paragraphs of program code that follow each other become one block. */
export class DocxOutput {
  private code: string[] = [];

  constructor(private readonly builder: TextBuilder) {}

  append(kind: BlockKind, text: string, level?: number): void {
    if (kind === 'code') {
      this.code.push(text);
      return;
    }
    this.flushCode();
    this.builder.append(kind, text, { level });
  }

  endGroup(): void {
    this.flushCode();
    this.builder.endGroup();
  }

  finish(): void {
    this.flushCode();
  }

  private flushCode(): void {
    if (this.code.length > 0) this.builder.append('code', this.code.join('\n'), { verbatim: true });
    this.code = [];
  }
}
