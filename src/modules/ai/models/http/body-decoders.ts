import { StringDecoder } from 'node:string_decoder';
import { createParser, type EventSourceParser } from 'eventsource-parser';
import { ModelFailure } from '../model-failure.js';

/** Cuts a body, as it comes, into the texts its protocol is made of. Chunks may end anywhere, even in a character. */
export interface Framing {
  feed(chunk: Buffer): void;
  /** The body is over: what was not terminated counts, too. */
  end(): void;
}

type OnText = (text: string) => void;

const LARGEST_EVENT = 1024 * 1024;
const LARGEST_BODY = 8 * 1024 * 1024;

/** The `data` of server-sent events; comments and events without data are passed over. */
export class EventFraming implements Framing {
  private readonly decoder = new StringDecoder('utf8');
  private readonly parser: EventSourceParser;
  /** Bytes of the chunks since the one in which the last event or comment ended. */
  private pending = 0;
  private started = false;

  constructor(onText: OnText) {
    this.parser = createParser({
      onEvent: ({ data }) => {
        this.pending = 0;
        onText(data);
      },
      onComment: () => {
        this.pending = 0;
      },
    });
  }

  feed(chunk: Buffer): void {
    this.pending += chunk.length;
    if (this.pending > LARGEST_EVENT) throw new ModelFailure('malformed_answer');
    const text = this.decoder.write(chunk);
    this.parser.feed(this.started ? text : withoutMark(text));
    this.started ||= text !== '';
  }

  end(): void {
    this.parser.feed(this.decoder.end() + '\n\n');
  }
}

/** One JSON value a line. */
export class LineFraming implements Framing {
  private readonly decoder = new StringDecoder('utf8');
  private rest = '';

  constructor(private readonly onText: OnText) {}

  feed(chunk: Buffer): void {
    this.split(this.decoder.write(chunk));
    if (this.rest.length > LARGEST_EVENT) throw new ModelFailure('malformed_answer');
  }

  end(): void {
    this.split(this.decoder.end() + '\n');
  }

  private split(text: string): void {
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      const line = (this.rest + text.slice(from, end)).trim();
      this.rest = '';
      from = end + 1;
      if (line) this.onText(line);
    }
    this.rest += text.slice(from);
  }
}

/** The whole body as one text, at its end. */
export class WholeFraming implements Framing {
  private readonly chunks: Buffer[] = [];
  private size = 0;

  constructor(private readonly onText: OnText) {}

  feed(chunk: Buffer): void {
    this.size += chunk.length;
    if (this.size > LARGEST_BODY) throw new ModelFailure('malformed_answer');
    this.chunks.push(chunk);
  }

  end(): void {
    const [only] = this.chunks;
    const body = this.chunks.length === 1 && only ? only : Buffer.concat(this.chunks);
    this.onText(withoutMark(body.toString('utf8')));
  }
}

/** Some servers begin with a byte order mark, which is no part of the text. */
function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
