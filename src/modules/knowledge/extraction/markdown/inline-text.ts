import type { Html, PhrasingContent } from 'mdast';

const HIDDEN_TAG =
  /^<([a-z][\w-]*)\b[^>]*?(?:\shidden(?=[\s>=/])|\sstyle\s*=\s*["']?[^"'>]*(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:[^.\d]|$)|opacity\s*:\s*0(?:[^.\d]|$)))/i;
const LINE_BREAK_TAG = /^<br\b/i;

/** Elements whose content is no text of the page. */
export const RAW_TEXT_TAG = /^\s*<(script|style|template)\b/i;

/** Footnotes have numbers by the order of their first marks. */
export class FootnoteNumbers {
  private readonly numbers = new Map<string, number>();

  numberOf(identifier: string): number {
    const number = this.numbers.get(identifier) ?? this.numbers.size + 1;
    this.numbers.set(identifier, number);
    return number;
  }
}

/** Reads the text of paragraphs, headings and cells as a reader sees it. */
export class InlineReader {
  hasHiddenText = false;

  constructor(private readonly footnotes: FootnoteNumbers) {}

  read(nodes: readonly PhrasingContent[]): string {
    let text = '';
    let hiddenBy: string | null = null;
    for (const node of nodes) {
      if (node.type !== 'html') {
        if (hiddenBy === null) text += this.readNode(node);
        continue;
      }
      if (hiddenBy !== null) {
        if (new RegExp(`^</${hiddenBy}\\s*>`, 'i').test(node.value)) hiddenBy = null;
        continue;
      }
      hiddenBy = this.hiddenElement(node);
      if (LINE_BREAK_TAG.test(node.value)) text += '\n';
    }
    return text;
  }

  /** Returns the name of the element whose text is not shown; null for a tag that hides nothing. */
  private hiddenElement(node: Html): string | null {
    const hidden = HIDDEN_TAG.exec(node.value)?.[1] ?? null;
    this.hasHiddenText ||= hidden !== null;
    return hidden ?? RAW_TEXT_TAG.exec(node.value)?.[1] ?? null;
  }

  private readNode(node: Exclude<PhrasingContent, Html>): string {
    switch (node.type) {
      case 'text':
        return node.value.replace(/[\r\n]+/g, ' ');
      case 'inlineCode':
        return node.value;
      case 'break':
        return '\n';
      case 'image':
      case 'imageReference':
        return node.alt ?? '';
      case 'footnoteReference':
        return ` ${this.footnotes.numberOf(node.identifier)}`;
      default:
        return this.read(node.children);
    }
  }
}
