import { randomUUID } from 'node:crypto';
import { v7 } from 'uuid';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Returns a UUIDv7. It is ordered by time, so new rows are appended to the end of an index. */
export function newId(): string {
  return v7();
}

/** Returns a UUIDv4, for ids without an order. It is faster, because Node.js caches random bytes. */
export function randomId(): string {
  return randomUUID();
}

export function isId(value: string): boolean {
  return UUID.test(value);
}

/**
 * The id of an organization that the actor was authorized for; it comes from the authorizer or from a row. Queries for rows of
 * an organization require this type, so a query with an unchecked id does not compile.
 */
export type OrganizationId = string & { readonly tenant: unique symbol };

/** Returns the 16 bytes of an id, for compact tokens. */
export function idToBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

/** Returns the id of 16 bytes. */
export function idFromBytes(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
