const OPENING = '<think>';
const CLOSING = '</think>';

/** A text, divided into thinking and answer. */
export interface DividedText {
  reasoning: string;
  content: string;
}

/**
 * Separates a `<think>` block at the very beginning of an answer from the answer, while the text arrives in parts of any
 * size. A block that is not closed is thinking to its end. White space around the block is dropped.
 */
export class ThinkBlock {
  private state: 'undecided' | 'thinking' | 'after_block' = 'undecided';
  private held = '';

  /** True when all further text is the answer: it need not be passed to {@link divide} any more. */
  isOver = false;

  divide(text: string): DividedText {
    this.held += text;
    if (this.state === 'undecided') return this.decide();
    return this.state === 'thinking' ? this.findEnd() : this.skipWhiteSpace();
  }

  /** Returns the text that was held back when the answer ends. */
  finish(): DividedText {
    const { held, state } = this;
    this.held = '';
    this.isOver = true;
    return state === 'thinking' ? { reasoning: held, content: '' } : { reasoning: '', content: held };
  }

  private decide(): DividedText {
    const start = this.held.trimStart();
    if (start.length < OPENING.length && OPENING.startsWith(start)) return NOTHING;
    if (!start.startsWith(OPENING)) return this.finish();
    this.state = 'thinking';
    this.held = start.slice(OPENING.length);
    return this.findEnd();
  }

  private findEnd(): DividedText {
    const end = this.held.indexOf(CLOSING);
    if (end < 0) {
      const kept = heldLength(this.held);
      const reasoning = this.held.slice(0, this.held.length - kept);
      this.held = this.held.slice(reasoning.length);
      return { reasoning, content: '' };
    }
    const reasoning = this.held.slice(0, end);
    this.held = this.held.slice(end + CLOSING.length);
    this.state = 'after_block';
    return { ...this.skipWhiteSpace(), reasoning };
  }

  private skipWhiteSpace(): DividedText {
    this.held = this.held.trimStart();
    return this.held === '' ? NOTHING : this.finish();
  }
}

const NOTHING: DividedText = { reasoning: '', content: '' };

/** Returns how many characters at the end of a text may be the beginning of the closing tag. */
function heldLength(text: string): number {
  for (let length = Math.min(CLOSING.length - 1, text.length); length > 0; length -= 1)
    if (CLOSING.startsWith(text.slice(-length))) return length;
  return 0;
}
