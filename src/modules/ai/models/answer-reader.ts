import { AnswerBuilder } from './answer-builder.js';
import { BodyReader } from './http/body-reader.js';
import type { ResponseHandler, ChunkResult } from './http/http-exchange.js';
import type { AnswerListener, AnswerMetadata } from './language-model.js';
import { ModelFailure } from './model-failure.js';
import type { ProviderProtocol } from './protocols/provider-protocol.js';

/** Failures that do not matter after the model has finished. */
const CONNECTION_LOSS_REASONS: ReadonlySet<string> = new Set([
  'incomplete_answer',
  'fell_silent',
  'no_answer_in_time',
]);

/**
 * Text that arrives within this time after other text is passed on together: writing an event for each token costs more than
 * the token. In milliseconds.
 */
export const GATHER_MS = 8;

interface AnswerCallbacks extends AnswerListener {
  onComplete: (metadata: AnswerMetadata) => void;
  onError: (error: unknown) => void;
}

/**
 * Reads an answer, whole or streamed: turns the chunks of a body into text. The first text is passed on at once, the text of
 * all chunks of one packet together, and what follows at most every GATHER_MS.
 */
export class AnswerReader implements ResponseHandler {
  private readonly builder: AnswerBuilder;
  private readonly bodyReader: BodyReader;
  private settled = false;
  private flushScheduled = false;
  private flushTimer: NodeJS.Timeout | undefined;
  private lastFlushAt = -Infinity;
  private hasEvent = false;

  constructor(
    private readonly protocol: Pick<ProviderProtocol, 'readPayload'>,
    requestedModel: string,
    private readonly callbacks: AnswerCallbacks,
    takesToolCalls = false,
  ) {
    this.builder = new AnswerBuilder(requestedModel, takesToolCalls);
    this.bodyReader = new BodyReader({
      onPayload: (value) => this.readPayload(value),
      onDone: () => this.builder.close(),
    });
  }

  onData(chunk: Buffer): ChunkResult {
    this.bodyReader.feed(chunk);
    const progressed = this.builder.consumeProgress();
    if (progressed) this.scheduleFlush();
    const { isTruncated, isClosed, isComplete } = this.builder;
    if (isClosed && !isComplete) throw new ModelFailure('incomplete_answer');
    const { hasEvent } = this;
    this.hasEvent = false;
    if (isClosed) {
      this.complete();
      return isTruncated ? 'discard_rest' : 'complete';
    }
    if (progressed) return 'progress';
    return hasEvent ? 'alive' : 'no_progress';
  }

  onEnd(): void {
    try {
      this.bodyReader.end();
    } catch (error) {
      // The body ended inside a JSON value: the answer is incomplete, not malformed.
      const isCutOff = error instanceof ModelFailure && error.reason === 'malformed_answer';
      if (!this.builder.isComplete) throw isCutOff ? new ModelFailure('incomplete_answer') : error;
    }
    if (!this.builder.isComplete) throw new ModelFailure('incomplete_answer');
    this.complete();
  }

  onError(error: unknown): void {
    if (this.settled) return;
    // The model has finished, so at most the usage is missing.
    if (
      this.builder.isComplete &&
      error instanceof ModelFailure &&
      CONNECTION_LOSS_REASONS.has(error.reason)
    ) {
      this.complete();
      return;
    }
    this.flush(false);
    this.fail(error);
  }

  private readPayload(value: unknown): void {
    if (this.builder.isClosed) return;
    // Some gateways send the events of Gemini as one array.
    if (Array.isArray(value)) value.forEach((item) => this.readPayload(item));
    else if (this.protocol.readPayload(value, this.builder)) this.hasEvent = true;
  }

  private complete(): void {
    if (this.settled) return;
    this.flush(true);
    const { finishReason, hasContent } = this.builder;
    if (finishReason === 'stop' && !hasContent) {
      this.fail(new ModelFailure('empty_answer'));
      return;
    }
    this.settle();
    this.callbacks.onComplete(this.builder.toMetadata());
  }

  private fail(error: unknown): void {
    this.settle();
    if (error instanceof ModelFailure) {
      const { usage } = this.builder.toMetadata();
      error.received = { characters: this.builder.receivedCharacters, usage };
    }
    this.callbacks.onError(error);
  }

  private settle(): void {
    this.settled = true;
    clearTimeout(this.flushTimer);
  }

  /** All chunks of a packet arrive in the same turn of the event loop, so one flush after it sends them together. */
  private scheduleFlush(): void {
    if (this.flushScheduled) return;
    this.flushScheduled = true;
    const flush = (): void => {
      this.flushScheduled = false;
      this.flush(false);
    };
    const waitMs = this.lastFlushAt + GATHER_MS - performance.now();
    if (waitMs > 0) this.flushTimer = setTimeout(flush, waitMs);
    else process.nextTick(flush);
  }

  private flush(isLast: boolean): void {
    if (this.settled) return;
    const text = this.builder.drainText(isLast);
    const reasoning = this.builder.drainReasoning();
    if (reasoning !== '') this.callbacks.onReasoning?.(reasoning);
    if (text !== '') this.callbacks.onText(text);
    for (const delta of this.builder.drainToolCalls(isLast)) this.callbacks.onToolCall?.(delta);
    this.lastFlushAt = performance.now();
  }
}
