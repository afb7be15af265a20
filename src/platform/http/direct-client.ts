import type { FastifyRequest } from 'fastify';
import { isLoopback } from '../kernel/network.js';

const FORWARDED = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'via',
];

/** True for a caller on this machine that came directly: a proxy on the same machine is no such caller. */
export function cameDirectly({ socket, headers }: FastifyRequest): boolean {
  return isLoopback(socket.remoteAddress ?? '') && !FORWARDED.some((name) => headers[name] !== undefined);
}
