import { toStorableName } from './json-fields.js';
import type { ModelFinishReason, ModelAnswer, AnswerMetadata, TokenUsage } from './language-model.js';

/** No answer is longer, in characters: the rest is cut off, and the answer says `length`. */
export const MAX_ANSWER_CHARS = 400_000;

/**
 * An answer on its way: the reader of a protocol writes into it, the stream takes out what came with each chunk.
 */
export class AnswerBuilder {
  /** As the provider names it. */
  model: string;
  usage: TokenUsage | null = null;
  finishReason: ModelFinishReason | null = null;
  /** It may end here without being cut off. */
  isComplete = false;
  /** Nothing more can come. */
  isClosed = false;
  /** It came to {@link MAX_ANSWER_CHARS}. */
  isTruncated = false;
  private lastModelName: unknown;
  private pendingText = '';
  private totalLength = 0;
  private hasProgress = false;

  constructor(asked: string) {
    this.model = asked;
  }

  appendText(delta: string): void {
    if (delta === '' || this.isTruncated) return;
    const room = MAX_ANSWER_CHARS - this.totalLength;
    const kept = delta.length > room ? delta.slice(0, room) : delta;
    this.pendingText += kept;
    this.totalLength += kept.length;
    this.hasProgress = true;
    if (delta.length <= room) return;
    if (endsInHighSurrogate(this.pendingText)) this.pendingText = this.pendingText.slice(0, -1);
    this.isTruncated = this.isClosed = true;
    this.finish('length');
  }

  /** The provider names the model, most of them with every token. */
  setModel(name: unknown): void {
    if (name === this.lastModelName) return;
    this.lastModelName = name;
    this.model = toStorableName(name) || this.model;
  }

  /** The model works on it: reasoning, for one. */
  markProgress(): void {
    this.hasProgress = true;
  }

  /** The model said that it is done, and why. */
  finish(reason: ModelFinishReason): void {
    this.finishReason = reason;
    this.isComplete = true;
  }

  /** Whether a token came since this was asked last. */
  consumeProgress(): boolean {
    const { hasProgress } = this;
    this.hasProgress = false;
    return hasProgress;
  }

  /**
   * What there is to show, if anything. The first half of a character beyond the BMP waits for its second half,
   * which may come with the next token, unless the answer ends here (`last`).
   */
  drainText(isLast: boolean): string {
    const holdsBackHalf = !isLast && endsInHighSurrogate(this.pendingText);
    const text = holdsBackHalf ? this.pendingText.slice(0, -1) : this.pendingText;
    this.pendingText = holdsBackHalf ? this.pendingText.slice(-1) : '';
    return text;
  }

  toMetadata(): AnswerMetadata {
    const { model, usage } = this;
    return { model, usage, finishReason: this.finishReason ?? 'stop', sources: [] };
  }

  /** The whole of it at once. */
  setWholeAnswer({ content, ...metadata }: ModelAnswer): void {
    this.appendText(content);
    this.model = metadata.model;
    this.usage = metadata.usage;
    if (!this.isTruncated) this.finish(metadata.finishReason);
    this.isClosed = true;
  }
}

/** The same limit for an answer that came in one piece. */
export function truncateAnswer(answer: ModelAnswer): ModelAnswer {
  if (answer.content.length <= MAX_ANSWER_CHARS) return answer;
  const content = answer.content.slice(0, MAX_ANSWER_CHARS);
  return {
    ...answer,
    content: endsInHighSurrogate(content) ? content.slice(0, -1) : content,
    finishReason: 'length',
  };
}

function endsInHighSurrogate(text: string): boolean {
  const code = text.charCodeAt(text.length - 1);
  return code >= 0xd800 && code <= 0xdbff;
}
