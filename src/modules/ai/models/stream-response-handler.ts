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

/** How a connection ends that had nothing more to say. */
const CONNECTION_LOSS_REASONS: ReadonlySet<string> = new Set([
  'incomplete_answer',
  'fell_silent',
  'no_answer_in_time',
]);

/** Whoever waits for the answer. */
interface StreamCallbacks {
  onText: OnText;
  onComplete: (end: AnswerMetadata) => void;
  onError: (error: unknown) => void;
}

/** A streamed answer, from chunks to text: what one packet brings is told at once, in one piece. */
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
    // A server that does not stream, or has only an error to tell.
    if (this.protocol.streamFormat === 'events' && /^application\/json\b/i.test(contentType))
      this.decoder = new WholeBodyDecoder((text) =>
        this.builder.setWholeAnswer(this.protocol.parseResponse(parseJson(text), this.requestedModel)),
      );
  }

  onData(chunk: Buffer): ChunkResult {
    this.decoder.feed(chunk);
    this.scheduleFlush();
    const { isTruncated: full, isClosed: over, isComplete: whole } = this.builder;
    if (over && !whole) throw new ModelFailure('incomplete_answer');
    const progressed = this.builder.consumeProgress();
    if (over) {
      this.complete();
      return full ? 'enough' : 'whole';
    }
    return progressed ? 'progress' : 'quiet';
  }

  onEnd(): void {
    try {
      this.decoder.end();
    } catch (error) {
      // The body ended within a JSON value: that is an end too early, not nonsense.
      const cut = error instanceof ModelFailure && error.reason === 'malformed_answer';
      if (!this.builder.isComplete) throw cut ? new ModelFailure('incomplete_answer') : error;
    }
    if (!this.builder.isComplete) throw new ModelFailure('incomplete_answer');
    this.complete();
  }

  onError(error: unknown): void {
    if (this.settled) return;
    // The model had said that it is done: what is missing is at most the usage.
    if (
      this.builder.isComplete &&
      error instanceof ModelFailure &&
      CONNECTION_LOSS_REASONS.has(error.reason)
    ) {
      this.complete();
      return;
    }
    this.flush(false); // what came before was said
    this.settled = true;
    this.callbacks.onError(error);
  }

  private complete(): void {
    if (this.settled) return;
    this.flush(true);
    this.settled = true;
    this.callbacks.onComplete(this.builder.toMetadata());
  }

  /** A packet has many chunks, and its last one comes in the same turn as its first. */
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
