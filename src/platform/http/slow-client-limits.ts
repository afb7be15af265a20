import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { platformErrors } from '../errors/index.js';

/** Whoever takes nothing of an answer for so long is gone, whatever their connection says. */
export const WRITE_TIMEOUT_MS = 60_000;
/** What all answers together may hold in memory while they are not read; small ones do not count. */
const MAX_UNSENT_BYTES = 128 * 1024 * 1024;
const UNCOUNTED_BYTES = 64 * 1024;

/** Keeps those who ask for much and read nothing from taking the memory of everybody. */
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

/** Ends a connection that makes no progress. Node.js takes this back with the next request. */
export function setWriteTimeout({ socket }: ServerResponse, timeoutMs = WRITE_TIMEOUT_MS): void {
  if (socket instanceof Socket) socket.setTimeout(timeoutMs);
}
