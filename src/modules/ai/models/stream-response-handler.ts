import { AnswerDraft } from './answer-builder.js';
import { EventFraming, type Framing, LineFraming, WholeFraming } from './http/body-decoders.js';
import type { Receiver, Verdict } from './http/http-exchange.js';
import type { ModelEnd, Tell } from './language-model.js';
import { ModelFailure } from './model-failure.js';
import { parseJson } from './protocols/json-fields.js';
import type { Dialect } from './protocols/provider-protocol.js';

/** How a connection ends that had nothing more to say. */
const LOSSES: ReadonlySet<string> = new Set(['incomplete_answer', 'fell_silent', 'no_answer_in_time']);

/** Whoever waits for the answer. */
interface Listener {
  tell: Tell;
  whole: (end: ModelEnd) => void;
  failed: (error: unknown) => void;
}

/** A streamed answer, from chunks to text: what one packet brings is told at once, in one piece. */
export class StreamedAnswer implements Receiver {
  private readonly draft: AnswerDraft;
  private framing: Framing;
  private settled = false;
  private telling = false;

  constructor(
    private readonly dialect: Dialect,
    private readonly asked: string,
    private readonly listener: Listener,
  ) {
    this.draft = new AnswerDraft(asked);
    const read = (data: string): void => {
      if (!this.draft.over) dialect.read(data, this.draft);
    };
    this.framing = dialect.framing === 'events' ? new EventFraming(read) : new LineFraming(read);
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
    this.tellSoon();
    const { full, over, whole } = this.draft;
    if (over && !whole) throw new ModelFailure('incomplete_answer');
    const progressed = this.draft.tookProgress();
    if (over) {
      this.conclude();
      return full ? 'enough' : 'whole';
    }
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
    this.conclude();
  }

  fail(error: unknown): void {
    if (this.settled) return;
    // The model had said that it is done: what is missing is at most the usage.
    if (this.draft.whole && error instanceof ModelFailure && LOSSES.has(error.reason)) {
      this.conclude();
      return;
    }
    this.tell(false); // what came before was said
    this.settled = true;
    this.listener.failed(error);
  }

  private conclude(): void {
    if (this.settled) return;
    this.tell(true);
    this.settled = true;
    this.listener.whole(this.draft.end());
  }

  /** A packet has many chunks, and its last one comes in the same turn as its first. */
  private tellSoon(): void {
    if (this.telling) return;
    this.telling = true;
    process.nextTick(() => {
      this.telling = false;
      this.tell(false);
    });
  }

  private tell(last: boolean): void {
    if (this.settled) return;
    const text = this.draft.take(last);
    if (text !== '') this.listener.tell(text);
  }
}
