import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { platformErrors } from '../errors/index.js';

/** Whoever takes nothing of an answer for so long is gone, whatever their connection says. */
export const UNREAD_MS = 60_000;
/** What all answers together may hold in memory while they are not read; small ones do not count. */
const MOST_BYTES = 128 * 1024 * 1024;
const SMALL = 64 * 1024;

/** Keeps those who ask for much and read nothing from taking the memory of everybody. */
export function boundUnread(
  fastify: FastifyInstance,
  { most = MOST_BYTES, patience = UNREAD_MS } = {},
): void {
  let unread = 0;
  fastify.addHook('onSend', (_request, { raw }, payload, done) => {
    giveUpUnread(raw, patience);
    const size = typeof payload === 'string' || Buffer.isBuffer(payload) ? Buffer.byteLength(payload) : 0;
    if (size <= SMALL) return done(null, payload);
    if (unread + size > most) return done(platformErrors.overloaded({ retryAfter: 5 }));
    unread += size;
    raw.once('close', () => (unread -= size));
    done(null, payload);
  });
}

/** Ends a connection that makes no progress. Node.js takes this back with the next request. */
export function giveUpUnread({ socket }: ServerResponse, patience = UNREAD_MS): void {
  if (socket instanceof Socket) socket.setTimeout(patience);
}
