import { requestContext } from '../context/request-context.js';
import { invalidField } from '../errors/index.js';
import { idFromBytes, idToBytes, isId } from '../kernel/ids.js';
import { QueryIntegerField, TextField } from '../validation/index.js';

/** Rows on a page when the client names no limit; directories are handed to clients that know no paging. */
export const DEFAULT_PAGE_SIZE = 20;
export const DIRECTORY_PAGE_SIZE = 1000;

/** `?limit=&cursor=` of every list. Cursors are opaque to clients. */
export class PageQuery {
  @QueryIntegerField({ min: 1, max: 100, description: 'Rows on this page.', example: 20 })
  limit?: number;

  @TextField({ optional: true, max: 200, description: 'From the `Link` header of the page before.' })
  cursor?: string;
}

/** Where the rows of a page begin and how many are read: one more than shown, to know whether others follow. */
export interface PageWindow<Position> {
  after: Position | null;
  take: number;
}

/** A place in a list that is ordered by an instant, then by id. */
export interface TimeCursor {
  at: Date;
  id: string;
}

type CursorPosition = string | TimeCursor | number;

/** What both JavaScript and PostgreSQL call an instant, and then some. */
const MIN_TIME = new Date('0001-01-01T00:00:00Z');
const MAX_TIME = new Date('9999-12-31T23:59:59Z');

/** A list ordered by id. */
export function windowById(query: PageQuery, size = DEFAULT_PAGE_SIZE): PageWindow<string> {
  const bytes = decodeCursor(query, 16);
  return { after: bytes && parseCursorId(bytes), take: (query.limit ?? size) + 1 };
}

/** A list ordered by an instant, then by id. */
export function windowByTime(query: PageQuery, size = DEFAULT_PAGE_SIZE): PageWindow<TimeCursor> {
  const bytes = decodeCursor(query, 24);
  if (!bytes) return { after: null, take: (query.limit ?? size) + 1 };
  const at = new Date(Number(bytes.readBigInt64BE(0)));
  if (!(at >= MIN_TIME && at <= MAX_TIME)) throw invalidCursor();
  return { after: { at, id: parseCursorId(bytes.subarray(8)) }, take: (query.limit ?? size) + 1 };
}

/** A list ordered by a number that counts from 1. */
export function windowBySequence(query: PageQuery, size = DEFAULT_PAGE_SIZE): PageWindow<number> {
  const bytes = decodeCursor(query, 4);
  return { after: bytes && bytes.readInt32BE(0), take: (query.limit ?? size) + 1 };
}

/** Cuts the look-ahead row off and announces the next page (RFC 8288). */
export function toPage<Row>(
  { take }: PageWindow<unknown>,
  rows: Row[],
  toPosition: (row: Row) => CursorPosition,
): Row[] {
  const visible = rows.slice(0, take - 1);
  const last = visible.at(-1);
  if (last !== undefined && rows.length >= take) setNextPageLink(toPosition(last));
  return visible;
}

function setNextPageLink(position: CursorPosition): void {
  const next = new URL(requestContext.url ?? '/', 'http://localhost');
  next.searchParams.set('cursor', encodeCursor(position));
  requestContext.setHeader('Link', `<${next.pathname}${next.search}>; rel="next"`);
}

function encodeCursor(position: CursorPosition): string {
  if (typeof position === 'number') {
    const sequence = Buffer.alloc(4);
    sequence.writeInt32BE(position);
    return sequence.toString('base64url');
  }
  if (typeof position === 'string') return idToBytes(position).toString('base64url');
  const at = Buffer.alloc(8);
  at.writeBigInt64BE(BigInt(position.at.getTime()));
  return Buffer.concat([at, idToBytes(position.id)]).toString('base64url');
}

function decodeCursor({ cursor }: PageQuery, length: number): Buffer | null {
  if (cursor === undefined) return null;
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.length !== length || bytes.toString('base64url') !== cursor) throw invalidCursor();
  return bytes;
}

function parseCursorId(bytes: Buffer): string {
  const id = idFromBytes(bytes);
  if (!isId(id)) throw invalidCursor();
  return id;
}

function invalidCursor(): Error {
  return invalidField('cursor', 'cursor', 'is not a cursor of this list');
}
