import { isIP } from 'node:net';
import type { FastifyInstance } from 'fastify';

const HEADER = 'x-forwarded-for';

/** Prepares `X-Forwarded-For` for Fastify, which takes each hop for the address of a client as it stands there. */
export function normalizeForwardedHops(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ({ raw: { headers } }, _reply, done) => {
    const hops = headers[HEADER];
    if (hops !== undefined) headers[HEADER] = readHops(String(hops)).join(', ');
    done();
  });
}

/**
 * Returns the addresses of an `X-Forwarded-For` header, without ports and brackets. Reads from the right, where the nearest
 * proxy writes, and stops at the first hop that is no address: what is left of it can be forged.
 */
export function readHops(header: string): string[] {
  const addresses: string[] = [];
  for (const hop of header.split(',').reverse()) {
    const address = toAddress(hop.trim());
    if (address === null) break;
    addresses.unshift(address);
  }
  return addresses;
}

/** Returns the address of a hop: `203.0.113.9`, `203.0.113.9:51234`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:443`. */
function toAddress(hop: string): string | null {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\](?::\d{1,5})?|([\d.]+):\d{1,5})$/.exec(hop) ?? [];
  if (bracketed !== undefined) return isIP(bracketed) === 6 ? withoutZone(bracketed) : null;
  const address = plain ?? hop;
  return isIP(address) === 0 ? null : withoutZone(address);
}

const withoutZone = (address: string): string => address.replace(/%.*$/, '');
