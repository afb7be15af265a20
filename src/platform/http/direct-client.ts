import type { FastifyRequest } from 'fastify';
import { isLoopback } from '../kernel/network.js';

const FORWARDING_HEADERS = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'via',
];

/** Returns whether the client is on this machine and its request was not forwarded by a proxy. */
export function isDirectClient({ socket, headers }: FastifyRequest): boolean {
  return (
    isLoopback(socket.remoteAddress ?? '') && !FORWARDING_HEADERS.some((name) => headers[name] !== undefined)
  );
}
