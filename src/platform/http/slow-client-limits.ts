import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { platformErrors } from '../errors/index.js';

/** A client that reads nothing of a response for this time is disconnected. */
export const WRITE_TIMEOUT_MS = 60_000;
/** Maximum bytes of all responses that clients have not read. Small responses do not count. */
const MAX_UNSENT_BYTES = 128 * 1024 * 1024;
const UNCOUNTED_BYTES = 64 * 1024;

/** Bounds the memory of responses that clients do not read. Throws 503 `overloaded` for more. */
export function limitUnsentBytes(
  fastify: FastifyInstance,
  { maxBytes = MAX_UNSENT_BYTES, timeoutMs = WRITE_TIMEOUT_MS } = {},
): void {
  let unsentBytes = 0;
  fastify.addHook('onSend', (_request, { raw }, payload, done) => {
    setWriteTimeout(raw, timeoutMs);
    const size = typeof payload === 'string' || Buffer.isBuffer(payload) ? Buffer.byteLength(payload) : 0;
    if (size <= UNCOUNTED_BYTES) return done(null, payload);
    if (unsentBytes + size > maxBytes) return done(platformErrors.overloaded({ retryAfter: 5 }));
    unsentBytes += size;
    raw.once('close', () => (unsentBytes -= size));
    done(null, payload);
  });
}

/** Closes the connection when it makes no progress. Node.js resets this timeout at the next request. */
export function setWriteTimeout({ socket }: ServerResponse, timeoutMs = WRITE_TIMEOUT_MS): void {
  if (socket instanceof Socket) socket.setTimeout(timeoutMs);
}
