/** The parser needs four times as long for twice the text, so that a long text is parsed in parts. */
const PART_UNITS = 32 * 1024;

const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** A line that ends every list, quotation and table when it follows an empty line. */
const TOP_LEVEL_LINE = /^(?:#{1,6} |\p{L})/u;

const DEFINITION = /^ {0,3}(\[\^?[^\]\n]{1,200}\]):/gm;

/** Labels beyond this are not known to the other parts. */
const MAX_LABELS_UNITS = 8 * 1024;

/** Follows whether lines are in a block of code or in a comment. */
class OpenBlocks {
  private fence: string | null = null;
  private isInComment = false;

  get isTopLevel(): boolean {
    return this.fence === null && !this.isInComment;
  }

  read(line: string): void {
    if (this.isInComment) {
      this.isInComment = !line.includes('-->');
      return;
    }
    const marker = FENCE.exec(line)?.[1];
    if (this.fence === null) {
      this.fence = marker ?? null;
      this.isInComment = marker === undefined && line.lastIndexOf('<!--') > line.lastIndexOf('-->');
    } else if (marker?.startsWith(this.fence) && line.trim() === marker) {
      this.fence = null;
    }
  }
}

/** Cuts a Markdown text where no block goes on. A short text is one part. */
export function splitMarkdown(text: string): string[] {
  const parts: string[] = [];
  const blocks = new OpenBlocks();
  let start = 0;
  let isAfterEmptyLine = false;
  for (const { 0: line, index } of text.matchAll(/[^\n]*\n|[^\n]+$/g)) {
    if (isAfterEmptyLine && index - start >= PART_UNITS && blocks.isTopLevel && TOP_LEVEL_LINE.test(line)) {
      parts.push(text.slice(start, index));
      start = index;
    }
    blocks.read(line);
    isAfterEmptyLine = line.trim() === '';
  }
  return [...parts, text.slice(start)];
}

/** Returns definitions to be put after each part, since references to labels are links only where they are defined. */
export function definitionsFor(text: string): string {
  const labels = new Set([...text.matchAll(DEFINITION)].map(([, label = '']) => label));
  const lines = [...labels]
    .map((label) => (label.startsWith('[^') ? `${label}: x` : `${label}: #`))
    .join('\n\n');
  return lines.length <= MAX_LABELS_UNITS ? `\n\n${lines}\n` : '';
}
