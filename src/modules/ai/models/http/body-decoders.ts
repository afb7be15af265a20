import { StringDecoder } from 'node:string_decoder';
import { createParser, type EventSourceParser } from 'eventsource-parser';
import { ModelFailure } from '../model-failure.js';

/** Cuts a body, as it comes, into the texts its protocol is made of. Chunks may end anywhere, even in a character. */
export interface BodyDecoder {
  feed(chunk: Buffer): void;
  /** The body is over: what was not terminated counts, too. */
  end(): void;
}

type OnPayload = (text: string) => void;

const MAX_EVENT_SIZE = 1024 * 1024;
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** The `data` of server-sent events; comments and events without data are passed over. */
export class EventStreamDecoder implements BodyDecoder {
  private readonly decoder = new StringDecoder('utf8');
  private readonly parser: EventSourceParser;
  /** Bytes of the chunks since the one in which the last event or comment ended. */
  private pendingBytes = 0;
  private started = false;

  constructor(onText: OnPayload) {
    this.parser = createParser({
      onEvent: ({ data }) => {
        this.pendingBytes = 0;
        onText(data);
      },
      onComment: () => {
        this.pendingBytes = 0;
      },
    });
  }

  feed(chunk: Buffer): void {
    this.pendingBytes += chunk.length;
    if (this.pendingBytes > MAX_EVENT_SIZE) throw new ModelFailure('malformed_answer');
    const text = this.decoder.write(chunk);
    this.parser.feed(this.started ? text : stripByteOrderMark(text));
    this.started ||= text !== '';
  }

  end(): void {
    this.parser.feed(this.decoder.end() + '\n\n');
  }
}

/** One JSON value a line. */
export class JsonLinesDecoder implements BodyDecoder {
  private readonly decoder = new StringDecoder('utf8');
  private remainder = '';

  constructor(private readonly onPayload: OnPayload) {}

  feed(chunk: Buffer): void {
    this.emitLines(this.decoder.write(chunk));
    if (this.remainder.length > MAX_EVENT_SIZE) throw new ModelFailure('malformed_answer');
  }

  end(): void {
    this.emitLines(this.decoder.end() + '\n');
  }

  private emitLines(text: string): void {
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      const line = (this.remainder + text.slice(from, end)).trim();
      this.remainder = '';
      from = end + 1;
      if (line) this.onPayload(line);
    }
    this.remainder += text.slice(from);
  }
}

/** The whole body as one text, at its end. */
export class WholeBodyDecoder implements BodyDecoder {
  private readonly chunks: Buffer[] = [];
  private size = 0;

  constructor(private readonly onPayload: OnPayload) {}

  feed(chunk: Buffer): void {
    this.size += chunk.length;
    if (this.size > MAX_BODY_BYTES) throw new ModelFailure('malformed_answer');
    this.chunks.push(chunk);
  }

  end(): void {
    const [only] = this.chunks;
    const body = this.chunks.length === 1 && only ? only : Buffer.concat(this.chunks);
    this.onPayload(stripByteOrderMark(body.toString('utf8')));
  }
}

/** Some servers begin with a byte order mark, which is no part of the text. */
function stripByteOrderMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
