import { StringDecoder } from 'node:string_decoder';
import { createParser, type EventSourceParser } from 'eventsource-parser';
import { parseJson } from '../json-fields.js';
import { ModelFailure } from '../model-failure.js';

/** Receives the content of a body in order. */
export interface PayloadListener {
  /** One JSON value: an event, a line or a whole body. */
  onPayload(value: unknown): void;
  /** The marker `[DONE]`, which ends the events of many providers. */
  onDone(): void;
}

/** Receives decoded text. */
interface TextDecoder {
  feed(text: string): void;
  /** Ends the body. An unterminated payload at its end is emitted. */
  end(): void;
}

/**
 * One payload may be as large as the longest answer with every character escaped, and its thinking. In UTF-16 code
 * units.
 */
const MAX_PAYLOAD_SIZE = 8 * 1024 * 1024;

/**
 * Reads a body while it arrives and emits its JSON values. Chunks may end anywhere, even inside a character. The bytes
 * decide the format, not the content type, which servers and gateways get wrong: a body that begins with a bracket is
 * JSON, one value or one a line; every other body is a stream of server-sent events.
 */
export class BodyReader {
  private readonly decoder = new StringDecoder('utf8');
  private format: TextDecoder | undefined;
  private blankSize = 0;

  constructor(private readonly listener: PayloadListener) {}

  feed(chunk: Buffer): void {
    this.feedText(this.decoder.write(chunk));
  }

  end(): void {
    this.feedText(this.decoder.end());
    this.format?.end();
  }

  private feedText(text: string): void {
    if (this.format) {
      this.format.feed(text);
      return;
    }
    // `trimStart` also removes the byte order mark that some servers send.
    const start = text.trimStart();
    this.blankSize += text.length - start.length;
    if (this.blankSize > MAX_PAYLOAD_SIZE) throw new ModelFailure('malformed_answer');
    if (start === '') return;
    this.format = /^[[{]/.test(start) ? new JsonDecoder(this.listener) : new EventDecoder(this.listener);
    this.format.feed(start);
  }
}

/** Emits the `data` of server-sent events; skips comments and events without data. */
class EventDecoder implements TextDecoder {
  private readonly parser: EventSourceParser;
  /** Characters received since the chunk in which the last event or comment ended. */
  private pendingSize = 0;

  constructor(listener: PayloadListener) {
    this.parser = createParser({
      onEvent: ({ data }) => {
        this.pendingSize = 0;
        emitData(data, listener);
      },
      onComment: () => {
        this.pendingSize = 0;
      },
    });
  }

  feed(text: string): void {
    this.pendingSize += text.length;
    if (this.pendingSize > MAX_PAYLOAD_SIZE) throw new ModelFailure('malformed_answer');
    this.parser.feed(text);
  }

  end(): void {
    this.parser.feed('\n\n');
  }
}

/** Emits one JSON value a line when the first line is a whole value; else the whole body as one value. */
class JsonDecoder implements TextDecoder {
  private remainder = '';
  private isWhole = false;
  private isLines = false;

  constructor(private readonly listener: PayloadListener) {}

  feed(text: string): void {
    if (this.isWhole) this.remainder += text;
    else this.emitLines(text);
    if (this.remainder.length > MAX_PAYLOAD_SIZE) throw new ModelFailure('malformed_answer');
  }

  end(): void {
    const rest = this.remainder;
    this.remainder = '';
    if (rest.trim() !== '') emitData(rest, this.listener);
  }

  private emitLines(text: string): void {
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      const line = this.remainder + text.slice(from, end);
      this.remainder = '';
      if (!this.isLines && !isJson(line)) {
        this.isWhole = true;
        this.remainder = line + text.slice(end);
        return;
      }
      this.isLines = true;
      from = end + 1;
      emitData(line, this.listener);
    }
    this.remainder += text.slice(from);
  }
}

function emitData(text: string, listener: PayloadListener): void {
  const data = text.trim();
  if (data === '') return;
  if (data === '[DONE]') listener.onDone();
  else listener.onPayload(parseJson(data));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
