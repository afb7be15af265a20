import { randomUUID } from 'node:crypto';
import { v7 } from 'uuid';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A UUIDv7: unique everywhere, ordered by time, so new rows land at the end of their index. */
export function newId(): string {
  return v7();
}

/** A UUIDv4, for what is never listed: Node.js draws the chance for many at once, so it costs next to nothing. */
export function randomId(): string {
  return randomUUID();
}

export function isId(value: string): boolean {
  return UUID.test(value);
}

/**
 * The id of an organization that somebody was let into: the gate makes it, rows carry it. What belongs to an
 * organization is found only with one, so a query that forgets whose row it wants does not compile.
 */
export type OrganizationId = string & { readonly tenant: unique symbol };

/** The 16 bytes of an id, for compact binary tokens. */
export function idToBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

export function idFromBytes(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
