import { AnswerDraft } from './answer-draft.js';
import type { Dialect } from './dialect.js';
import type { Exchange, Receiver, Verdict } from './exchange.js';
import { EventFraming, type Framing, LineFraming, WholeFraming } from './framing.js';
import { parseJson } from './json.js';
import type { ModelPart } from './language-model.js';
import { ModelFailure } from './model-failure.js';

type Result = IteratorResult<ModelPart, undefined>;

const DONE: Result = { value: undefined, done: true };

/** How a connection ends that had nothing more to say. */
const LOSSES: ReadonlySet<string> = new Set(['incomplete_answer', 'fell_silent', 'no_answer_in_time']);

/**
 * A streamed answer, from chunks to parts. An iterator by hand and not a generator: it takes no promise per token
 * where several came in one chunk. One `next` at a time, as `for await` does it; leaving the loop ends the request.
 */
export class StreamedAnswer implements Receiver, AsyncIterableIterator<ModelPart, undefined> {
  private readonly draft: AnswerDraft;
  private framing: Framing;
  private exchange: Exchange | undefined;
  private state: 'new' | 'open' | 'whole' | 'failed' | 'closed' = 'new';
  private failure: unknown;
  private waiting: { resolve: (result: Result) => void; reject: (error: unknown) => void } | undefined;

  /** `send` starts the request; it is called when the first part is asked for. */
  constructor(
    private readonly dialect: Dialect,
    private readonly asked: string,
    private readonly send: (receiver: Receiver) => Exchange,
  ) {
    this.draft = new AnswerDraft(asked);
    const read = (data: string): void => {
      if (!this.draft.over) dialect.read(data, this.draft);
    };
    this.framing = dialect.framing === 'events' ? new EventFraming(read) : new LineFraming(read);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    if (this.state === 'new') this.open();
    try {
      const result = this.poll();
      if (result) return Promise.resolve(result);
    } catch (error) {
      return Promise.reject(error as Error);
    }
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
    });
  }

  return(): Promise<Result> {
    this.state = 'closed';
    this.exchange?.cancel();
    this.wake();
    return Promise.resolve(DONE);
  }

  start(contentType: string): void {
    // A server that does not stream, or has only an error to tell.
    if (this.dialect.framing === 'events' && /^application\/json\b/i.test(contentType))
      this.framing = new WholeFraming((text) =>
        this.draft.fill(this.dialect.whole(parseJson(text), this.asked)),
      );
  }

  data(chunk: Buffer): Verdict {
    this.framing.feed(chunk);
    const { full, over, whole } = this.draft;
    if (over && !whole) throw new ModelFailure('incomplete_answer');
    if (over) this.state = 'whole';
    const progressed = this.draft.tookProgress();
    this.wake();
    if (over) return full ? 'enough' : 'whole';
    return progressed ? 'progress' : 'quiet';
  }

  end(): void {
    try {
      this.framing.end();
    } catch (error) {
      // The body ended within a JSON value: that is an end too early, not nonsense.
      const cut = error instanceof ModelFailure && error.reason === 'malformed_answer';
      if (!this.draft.whole) throw cut ? new ModelFailure('incomplete_answer') : error;
    }
    if (!this.draft.whole) throw new ModelFailure('incomplete_answer');
    this.settle('whole');
  }

  fail(error: unknown): void {
    // The model had said that it is done: what is missing is at most the usage.
    if (this.draft.whole && error instanceof ModelFailure && LOSSES.has(error.reason)) {
      this.settle('whole');
      return;
    }
    if (!(error instanceof ModelFailure)) this.draft.take(true);
    this.failure = error;
    this.settle('failed');
  }

  private open(): void {
    this.state = 'open';
    try {
      this.exchange = this.send(this);
    } catch (error) {
      this.fail(error instanceof ModelFailure ? error : new ModelFailure('request_rejected'));
    }
  }

  private settle(state: 'whole' | 'failed'): void {
    if (this.state === 'open') this.state = state;
    this.wake();
  }

  private wake(): void {
    const { waiting } = this;
    if (!waiting) return;
    try {
      const result = this.poll();
      if (!result) return;
      this.waiting = undefined;
      waiting.resolve(result);
    } catch (error) {
      this.waiting = undefined;
      waiting.reject(error);
    }
  }

  /** What `next` answers now; undefined: it has to wait. Throws what ended the stream, once. */
  private poll(): Result | undefined {
    if (this.state === 'closed') return DONE;
    const part = this.draft.take(this.state !== 'open');
    if (part) return { value: part, done: false };
    if (this.state === 'open') return undefined;
    const { state } = this;
    this.state = 'closed';
    if (state === 'failed') throw this.failure;
    return { value: this.draft.end(), done: false };
  }
}
