import { AnswerBuilder } from './answer-builder.js';
import {
  EventStreamDecoder,
  type BodyDecoder,
  JsonLinesDecoder,
  WholeBodyDecoder,
} from './http/body-decoders.js';
import type { ResponseHandler, ChunkResult } from './http/http-exchange.js';
import { parseJson } from './json-fields.js';
import type { AnswerMetadata, OnText } from './language-model.js';
import { ModelFailure } from './model-failure.js';
import type { ProviderProtocol } from './protocols/provider-protocol.js';

/** Failures that do not matter after the model has finished. */
const CONNECTION_LOSS_REASONS: ReadonlySet<string> = new Set([
  'incomplete_answer',
  'fell_silent',
  'no_answer_in_time',
]);

interface StreamCallbacks {
  onText: OnText;
  onComplete: (metadata: AnswerMetadata) => void;
  onError: (error: unknown) => void;
}

/** Turns the chunks of a streamed answer into text. The text of all chunks of one packet is one `onText` call. */
export class StreamResponseHandler implements ResponseHandler {
  private readonly builder: AnswerBuilder;
  private decoder: BodyDecoder;
  private settled = false;
  private flushScheduled = false;

  constructor(
    private readonly protocol: ProviderProtocol,
    private readonly requestedModel: string,
    private readonly callbacks: StreamCallbacks,
  ) {
    this.builder = new AnswerBuilder(requestedModel);
    const read = (data: string): void => {
      if (!this.builder.isClosed) protocol.parseEvent(data, this.builder);
    };
    this.decoder =
      protocol.streamFormat === 'events' ? new EventStreamDecoder(read) : new JsonLinesDecoder(read);
  }

  onStart(contentType: string): void {
    // The server does not stream, or it returns an error object.
    if (this.protocol.streamFormat === 'events' && /^application\/json\b/i.test(contentType))
      this.decoder = new WholeBodyDecoder((text) =>
        this.builder.setWholeAnswer(this.protocol.parseResponse(parseJson(text), this.requestedModel)),
      );
  }

  onData(chunk: Buffer): ChunkResult {
    this.decoder.feed(chunk);
    this.scheduleFlush();
    const { isTruncated, isClosed, isComplete } = this.builder;
    if (isClosed && !isComplete) throw new ModelFailure('incomplete_answer');
    const progressed = this.builder.consumeProgress();
    if (isClosed) {
      this.complete();
      return isTruncated ? 'discard_rest' : 'complete';
    }
    return progressed ? 'progress' : 'no_progress';
  }

  onEnd(): void {
    try {
      this.decoder.end();
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
    this.settled = true;
    this.callbacks.onError(error);
  }

  private complete(): void {
    if (this.settled) return;
    this.flush(true);
    this.settled = true;
    this.callbacks.onComplete(this.builder.toMetadata());
  }

  /** All chunks of a packet arrive in the same turn of the event loop, so one flush after it sends them together. */
  private scheduleFlush(): void {
    if (this.flushScheduled) return;
    this.flushScheduled = true;
    process.nextTick(() => {
      this.flushScheduled = false;
      this.flush(false);
    });
  }

  private flush(isLast: boolean): void {
    if (this.settled) return;
    const text = this.builder.drainText(isLast);
    if (text !== '') this.callbacks.onText(text);
  }
}
