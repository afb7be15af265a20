import { toStorableName } from './json-fields.js';
import type { ModelFinishReason, AnswerMetadata } from './language-model.js';
import type { ToolCallDelta } from './model-options.js';
import { ThinkBlock } from './think-block.js';
import { ToolCallCollector, type ToolCallPart } from './tool-call-collector.js';
import { UsageCounts } from './usage-counts.js';

/** Longer answers are truncated, with the finish reason `length`. In UTF-16 code units. */
export const MAX_ANSWER_CHARS = 400_000;

/**
 * Builds an answer, whole or streamed. The protocol writes what each payload contains; the response handler drains the
 * text of each chunk.
 */
export class AnswerBuilder {
  /** The name that the provider reports; the requested name until then. */
  model: string;
  readonly usage = new UsageCounts();
  finishReason: ModelFinishReason | null = null;
  /** The answer is complete if the body ends now. */
  isComplete = false;
  /** Further payloads are ignored. */
  isClosed = false;
  /** The answer has reached {@link MAX_ANSWER_CHARS}. */
  isTruncated = false;
  /** True when the answer has a character that is not white space. */
  hasVisibleText = false;
  /** The characters of the answer and of the thinking so far. */
  receivedCharacters = 0;
  private readonly thinkBlock = new ThinkBlock();
  private readonly toolCalls = new ToolCallCollector();
  private lastModelName: unknown;
  private pendingText = '';
  private pendingReasoning = '';
  private totalLength = 0;
  private hasProgress = false;

  /** Tool calls of a model that was offered no tools are ignored. */
  constructor(
    requestedModel: string,
    private readonly takesToolCalls = false,
  ) {
    this.model = requestedModel;
  }

  appendText(delta: string): void {
    if (delta === '' || this.isTruncated) return;
    this.hasProgress = true;
    this.receivedCharacters += delta.length;
    if (this.thinkBlock.isOver) {
      this.appendContent(delta);
      return;
    }
    const { reasoning, content } = this.thinkBlock.divide(delta);
    this.pendingReasoning += reasoning;
    this.appendContent(content);
  }

  /** Appends thinking, which is no part of the answer. */
  appendReasoning(delta: string): void {
    if (delta === '') return;
    this.hasProgress = true;
    this.receivedCharacters += delta.length;
    this.pendingReasoning += delta;
  }

  /** Appends a part of a tool call, or a whole one. */
  appendToolCall(part: ToolCallPart): void {
    if (!this.takesToolCalls || this.isTruncated) return;
    this.hasProgress = true;
    this.receivedCharacters += part.arguments.length;
    this.totalLength += part.arguments.length;
    if (this.totalLength > MAX_ANSWER_CHARS || !this.toolCalls.append(part)) this.truncate();
  }

  /** Sets the reported name of the model. Most providers repeat it with every token. */
  setModel(name: unknown): void {
    if (name === this.lastModelName) return;
    this.lastModelName = name;
    this.model = toStorableName(name) || this.model;
  }

  /** Records that the model has finished. A truncated answer keeps its finish reason. */
  finish(reason: ModelFinishReason): void {
    if (!this.isTruncated) this.finishReason = reason;
    this.isComplete = true;
  }

  /** Ends the payloads: the answer is complete if its finish reason is known. */
  close(): void {
    this.isComplete ||= this.finishReason !== null;
    this.isClosed = true;
  }

  /** Returns whether there was text or thinking since the last call. */
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
    if (isLast && !this.thinkBlock.isOver) this.finishThinkBlock();
    const holdsBackHalf = !isLast && endsInHighSurrogate(this.pendingText);
    const text = holdsBackHalf ? this.pendingText.slice(0, -1) : this.pendingText;
    this.pendingText = holdsBackHalf ? this.pendingText.slice(-1) : '';
    return text;
  }

  /** Returns and removes the pending thinking. */
  drainReasoning(): string {
    const reasoning = this.pendingReasoning;
    this.pendingReasoning = '';
    return reasoning;
  }

  /** Returns and removes the pending parts of tool calls. */
  drainToolCalls(isLast: boolean): readonly ToolCallDelta[] {
    if (isLast) this.toolCalls.finish();
    return this.toolCalls.drain();
  }

  /** True when the answer has text or calls a tool. */
  get hasContent(): boolean {
    return this.hasVisibleText || this.toolCalls.calls.length > 0;
  }

  toMetadata(): AnswerMetadata {
    const { model, receivedCharacters, finishReason } = this;
    const usage = this.usage.toTokenUsage(receivedCharacters > 0);
    const { calls: toolCalls } = this.toolCalls;
    const metadata = { model, usage, finishReason: finishReason ?? 'stop', sources: [] };
    return toolCalls.length === 0 ? metadata : { ...metadata, toolCalls };
  }

  private finishThinkBlock(): void {
    const { reasoning, content } = this.thinkBlock.finish();
    this.pendingReasoning += reasoning;
    this.appendContent(content);
  }

  private appendContent(delta: string): void {
    if (delta === '') return;
    this.hasVisibleText ||= /\S/.test(delta);
    const remaining = MAX_ANSWER_CHARS - this.totalLength;
    const kept = delta.length > remaining ? delta.slice(0, remaining) : delta;
    this.pendingText += kept;
    this.totalLength += kept.length;
    if (delta.length <= remaining) return;
    if (endsInHighSurrogate(this.pendingText)) this.pendingText = this.pendingText.slice(0, -1);
    this.truncate();
  }

  private truncate(): void {
    this.finish('length');
    this.isTruncated = this.isClosed = true;
  }
}

function endsInHighSurrogate(text: string): boolean {
  const code = text.charCodeAt(text.length - 1);
  return code >= 0xd800 && code <= 0xdbff;
}
