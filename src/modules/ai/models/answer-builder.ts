import { toStorableName } from './json-fields.js';
import type { ModelFinishReason, ModelAnswer, AnswerMetadata, TokenUsage } from './language-model.js';

/** Longer answers are truncated, with the finish reason `length`. In UTF-16 code units. */
export const MAX_ANSWER_CHARS = 400_000;

/**
 * Builds a streamed answer. The protocol writes what each event contains; the response handler drains the text of each
 * chunk.
 */
export class AnswerBuilder {
  /** The name that the provider reports; the requested name until then. */
  model: string;
  usage: TokenUsage | null = null;
  finishReason: ModelFinishReason | null = null;
  /** The answer is complete if the stream ends now. */
  isComplete = false;
  /** Further events are ignored. */
  isClosed = false;
  /** The answer has reached {@link MAX_ANSWER_CHARS}. */
  isTruncated = false;
  private lastModelName: unknown;
  private pendingText = '';
  private totalLength = 0;
  private hasProgress = false;

  constructor(requestedModel: string) {
    this.model = requestedModel;
  }

  appendText(delta: string): void {
    if (delta === '' || this.isTruncated) return;
    const remaining = MAX_ANSWER_CHARS - this.totalLength;
    const kept = delta.length > remaining ? delta.slice(0, remaining) : delta;
    this.pendingText += kept;
    this.totalLength += kept.length;
    this.hasProgress = true;
    if (delta.length <= remaining) return;
    if (endsInHighSurrogate(this.pendingText)) this.pendingText = this.pendingText.slice(0, -1);
    this.isTruncated = this.isClosed = true;
    this.finish('length');
  }

  /** Sets the reported name of the model. Most providers repeat it with every token. */
  setModel(name: unknown): void {
    if (name === this.lastModelName) return;
    this.lastModelName = name;
    this.model = toStorableName(name) || this.model;
  }

  /** Records progress without text, such as reasoning. */
  markProgress(): void {
    this.hasProgress = true;
  }

  /** Records that the model has finished. */
  finish(reason: ModelFinishReason): void {
    this.finishReason = reason;
    this.isComplete = true;
  }

  /** Returns whether there was progress since the last call. */
  consumeProgress(): boolean {
    const { hasProgress } = this;
    this.hasProgress = false;
    return hasProgress;
  }

  /**
   * Returns and removes the pending text. A high surrogate at its end is held back for the low surrogate of the next
   * token, unless `isLast`.
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

  /** Sets an answer that the provider sent as a whole instead of a stream. */
  setWholeAnswer({ content, ...metadata }: ModelAnswer): void {
    this.appendText(content);
    this.model = metadata.model;
    this.usage = metadata.usage;
    if (!this.isTruncated) this.finish(metadata.finishReason);
    this.isClosed = true;
  }
}

/** Returns the answer with at most {@link MAX_ANSWER_CHARS}, cut between characters. */
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
