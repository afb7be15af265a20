import type { Readable, Writable } from 'node:stream';

/**
 * Messages between the server and the extraction process: four bytes with the length of the payload, one byte with its kind,
 * the payload. The server sends a task, the bytes of the file and their end; the process answers in the order of the rest.
 */
const KINDS = [
  'task',
  'bytes',
  'end',
  'progress',
  'text',
  'extracted',
  'chunks',
  'done',
  'failed',
  'crashed',
] as const;
export type MessageKind = (typeof KINDS)[number];

export interface Message {
  kind: MessageKind;
  payload: Buffer;
}

const HEADER_BYTES = 5;
/** A larger length is a sign of a broken stream. */
const MAX_PAYLOAD_BYTES = 16 * 1024 * 1024;

/** Bytes that a stream delivered, of which messages are taken. */
class MessageBuffer {
  private parts: Buffer[] = [];
  private size = 0;

  add(part: Buffer): void {
    this.parts.push(part);
    this.size += part.length;
  }

  /** Returns the next message; null while it is not complete. */
  take(): Message | null {
    if (this.size < HEADER_BYTES) return null;
    if ((this.parts[0]?.length ?? 0) < HEADER_BYTES) this.parts = [Buffer.concat(this.parts)];
    const length = this.parts[0]?.readUInt32BE(0) ?? 0;
    const kind = KINDS[this.parts[0]?.readUInt8(4) ?? 0];
    if (length > MAX_PAYLOAD_BYTES || kind === undefined) throw new Error('A message is malformed.');
    if (this.size < HEADER_BYTES + length) return null;
    const whole = this.parts.length === 1 ? (this.parts[0] as Buffer) : Buffer.concat(this.parts);
    const rest = whole.subarray(HEADER_BYTES + length);
    this.parts = rest.length > 0 ? [rest] : [];
    this.size = rest.length;
    return { kind, payload: whole.subarray(HEADER_BYTES, HEADER_BYTES + length) };
  }
}

/** Reads messages to the end of the stream. Does not read on before the last message was taken. */
export async function* readMessages(stream: Readable): AsyncGenerator<Message, void> {
  const buffer = new MessageBuffer();
  for await (const part of stream as AsyncIterable<Buffer>) {
    buffer.add(part);
    for (let message = buffer.take(); message !== null; message = buffer.take()) yield message;
  }
}

/** Writes a message, and waits while the reader is behind. Throws when the stream is closed. */
export async function writeMessage(stream: Writable, kind: MessageKind, payload: Buffer): Promise<void> {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt32BE(payload.length, 0);
  header.writeUInt8(KINDS.indexOf(kind), 4);
  if (stream.destroyed) throw new Error('The stream is closed.');
  stream.write(header);
  if (!stream.write(payload)) await waitForDrain(stream);
}

export function toJson(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function waitForDrain(stream: Writable): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      stream.off('drain', settle).off('close', settle);
      if (stream.destroyed) reject(new Error('The stream is closed.'));
      else resolve();
    };
    stream.once('drain', settle).once('close', settle);
  });
}
