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

/** True for a caller on this machine that came directly: a proxy on the same machine is no such caller. */
export function isDirectClient({ socket, headers }: FastifyRequest): boolean {
  return (
    isLoopback(socket.remoteAddress ?? '') && !FORWARDING_HEADERS.some((name) => headers[name] !== undefined)
  );
}
