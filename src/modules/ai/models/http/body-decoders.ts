import { StringDecoder } from 'node:string_decoder';
import { createParser, type EventSourceParser } from 'eventsource-parser';
import { ModelFailure } from '../model-failure.js';

/** Splits a body into payloads while it arrives. Chunks may end anywhere, even inside a character. */
export interface BodyDecoder {
  feed(chunk: Buffer): void;
  /** Ends the body. An unterminated payload at its end is emitted. */
  end(): void;
}

type OnPayload = (text: string) => void;

const MAX_EVENT_SIZE = 1024 * 1024;
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** Emits the `data` of server-sent events; skips comments and events without data. */
export class EventStreamDecoder implements BodyDecoder {
  private readonly decoder = new StringDecoder('utf8');
  private readonly parser: EventSourceParser;
  /** Bytes received since the chunk in which the last event or comment ended. */
  private pendingBytes = 0;
  private started = false;

  constructor(onPayload: OnPayload) {
    this.parser = createParser({
      onEvent: ({ data }) => {
        this.pendingBytes = 0;
        onPayload(data);
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

/** Emits each line that is not empty: one JSON value a line. */
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

/** Emits the whole body when it ends. */
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

/** Some servers send a byte order mark, which is not part of the text. */
function stripByteOrderMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
