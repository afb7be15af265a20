import type { FinishReason, ModelAnswer, ModelEnd, TokenUsage } from './language-model.js';
import { nameOf } from './protocols/json-fields.js';

/** No answer is longer, in characters: the rest is cut off, and the answer says `length`. */
export const LONGEST_ANSWER = 400_000;

/**
 * An answer on its way: the reader of a protocol writes into it, the stream takes out what came with each chunk.
 */
export class AnswerDraft {
  /** As the provider names it. */
  model: string;
  usage: TokenUsage | null = null;
  finishReason: FinishReason | null = null;
  /** It may end here without being cut off. */
  whole = false;
  /** Nothing more can come. */
  over = false;
  /** It came to {@link LONGEST_ANSWER}. */
  full = false;
  private name: unknown;
  private fresh = '';
  private length = 0;
  private progressed = false;

  constructor(asked: string) {
    this.model = asked;
  }

  text(delta: string): void {
    if (delta === '' || this.full) return;
    const room = LONGEST_ANSWER - this.length;
    const kept = delta.length > room ? delta.slice(0, room) : delta;
    this.fresh += kept;
    this.length += kept.length;
    this.progressed = true;
    if (delta.length <= room) return;
    if (endsInHalf(this.fresh)) this.fresh = this.fresh.slice(0, -1);
    this.full = this.over = true;
    this.finish('length');
  }

  /** The provider names the model, most of them with every token. */
  named(name: unknown): void {
    if (name === this.name) return;
    this.name = name;
    this.model = nameOf(name) || this.model;
  }

  /** The model works on it: reasoning, for one. */
  alive(): void {
    this.progressed = true;
  }

  /** The model said that it is done, and why. */
  finish(reason: FinishReason): void {
    this.finishReason = reason;
    this.whole = true;
  }

  /** Whether a token came since this was asked last. */
  tookProgress(): boolean {
    const { progressed } = this;
    this.progressed = false;
    return progressed;
  }

  /**
   * What there is to show, if anything. The first half of a character beyond the BMP waits for its second half,
   * which may come with the next token, unless the answer ends here (`last`).
   */
  take(last: boolean): string {
    const half = !last && endsInHalf(this.fresh);
    const text = half ? this.fresh.slice(0, -1) : this.fresh;
    this.fresh = half ? this.fresh.slice(-1) : '';
    return text;
  }

  end(): ModelEnd {
    const { model, usage } = this;
    return { model, usage, finishReason: this.finishReason ?? 'stop', sources: [] };
  }

  /** The whole of it at once. */
  fill({ content, ...end }: ModelAnswer): void {
    this.text(content);
    this.model = end.model;
    this.usage = end.usage;
    if (!this.full) this.finish(end.finishReason);
    this.over = true;
  }
}

/** The same limit for an answer that came in one piece. */
export function within(answer: ModelAnswer): ModelAnswer {
  if (answer.content.length <= LONGEST_ANSWER) return answer;
  const content = answer.content.slice(0, LONGEST_ANSWER);
  return { ...answer, content: endsInHalf(content) ? content.slice(0, -1) : content, finishReason: 'length' };
}

function endsInHalf(text: string): boolean {
  const code = text.charCodeAt(text.length - 1);
  return code >= 0xd800 && code <= 0xdbff;
}
