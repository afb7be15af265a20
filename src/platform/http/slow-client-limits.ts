import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { PassThrough, pipeline, Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { requestContext } from '../context/index.js';
import { platformErrors } from '../errors/index.js';
import { JsonList } from '../pagination/index.js';
import { UnsentBytes } from './unsent-bytes.js';

declare module 'fastify' {
  interface FastifyInstance {
    unsentBytes: UnsentBytes;
  }
}

/** A client that reads nothing of a response for this time is disconnected. */
export const WRITE_TIMEOUT_MS = 60_000;
const MIB = 1024 * 1024;
/** Maximum bytes of all responses that clients have not read. Small responses do not count. */
const MAX_UNSENT_BYTES = 128 * MIB;
const MAX_UNSENT_BYTES_PER_CALLER = 16 * MIB;
const UNCOUNTED_BYTES = 64 * 1024;
/** A large response is written in chunks of so many characters or bytes: each one that the client accepts is progress. */
const CHUNK_SIZE = 32 * 1024;
/** What the source of a stream, such as an export, has in memory while the client does not read. */
const STREAM_BYTES = MIB;

type Payload = string | Buffer | JsonList;

interface SlowClientOptions {
  maxBytes?: number;
  maxBytesPerCaller?: number;
  timeoutMs?: number;
}

/**
 * Bounds the memory of responses that clients do not read, with a share for each caller. Throws 503 `overloaded` for more.
 * Closes the connection of a client that does not accept a chunk within `timeoutMs`.
 */
export function limitUnsentBytes(
  fastify: FastifyInstance,
  {
    maxBytes = MAX_UNSENT_BYTES,
    maxBytesPerCaller = MAX_UNSENT_BYTES_PER_CALLER,
    timeoutMs = WRITE_TIMEOUT_MS,
  }: SlowClientOptions = {},
): void {
  const unsentBytes = new UnsentBytes({ maxBytes, maxBytesPerCaller });
  fastify.decorate('unsentBytes', unsentBytes);
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    const { raw } = reply;
    setWriteTimeout(raw, timeoutMs);
    const size = sizeOf(payload);
    if (size <= UNCOUNTED_BYTES)
      return done(null, payload instanceof JsonList ? payload.toString() : payload);
    const abort = (): void => void raw.destroy();
    const release = unsentBytes.reserve(requestContext.caller, size, abort);
    if (!release) {
      if (payload instanceof Readable) payload.destroy();
      return done(platformErrors.overloaded({ retryAfter: 5 }));
    }
    const timeout = setTimeout(abort, timeoutMs);
    raw.once('close', () => (clearTimeout(timeout), release()));
    if (!(payload instanceof Readable)) void reply.header('Content-Length', size);
    done(
      null,
      toMonitoredStream(payload, () => void timeout.refresh()),
    );
  });
}

/** Closes the connection when it makes no progress. Node.js resets this timeout at the next request. */
export function setWriteTimeout({ socket }: ServerResponse, timeoutMs = WRITE_TIMEOUT_MS): void {
  if (socket instanceof Socket) socket.setTimeout(timeoutMs);
}

function sizeOf(payload: unknown): number {
  if (payload instanceof Readable) return STREAM_BYTES;
  if (payload instanceof JsonList) return payload.byteLength;
  return typeof payload === 'string' || Buffer.isBuffer(payload) ? Buffer.byteLength(payload) : 0;
}

/** Returns a stream of the payload that calls `onProgress` for each chunk that it passes on. */
function toMonitoredStream(payload: unknown, onProgress: () => void): Readable {
  if (!(payload instanceof Readable))
    return Readable.from(chunksOf(payload as Payload, onProgress), { objectMode: false });
  const monitored = new PassThrough({
    transform: (chunk, _encoding, callback) => (onProgress(), callback(null, chunk)),
  });
  pipeline(payload, monitored, () => undefined); // passes errors on, in both directions
  return monitored;
}

/** Yields the bytes of a payload. A text is encoded chunk by chunk: all of it at once would take tens of milliseconds. */
function* chunksOf(payload: Payload, onProgress: () => void): Generator<Buffer> {
  if (payload instanceof JsonList) {
    for (const piece of payload.pieces()) yield* chunksOf(piece, onProgress);
    return;
  }
  for (let start = 0; start < payload.length;) {
    const end = typeof payload === 'string' ? endOfChunk(payload, start) : start + CHUNK_SIZE;
    onProgress();
    yield typeof payload === 'string' ? Buffer.from(payload.slice(start, end)) : payload.subarray(start, end);
    start = end;
  }
}

/** Returns the end of a chunk that does not end between the two halves of a surrogate pair. */
function endOfChunk(text: string, start: number): number {
  const end = start + CHUNK_SIZE;
  return (text.charCodeAt(end - 1) & 0xfc00) === 0xd800 ? end + 1 : end;
}
