import { requestContext } from '../context/request-context.js';
import { invalidField } from '../errors/index.js';
import { idFromBytes, idToBytes, isId } from '../kernel/ids.js';
import { QueryIntegerField, TextField } from '../validation/index.js';
import { JsonList, type JsonPage } from './json-list.js';
import { fitPage, type PageWindow, type TimeCursor } from './page-window.js';

/** Default number of rows on a page. */
export const DEFAULT_PAGE_SIZE = 20;
/** Default of directories, whose clients do not read further pages. */
export const DIRECTORY_PAGE_SIZE = 1000;

/** Query parameters of every list. Cursors are opaque to clients. */
export class PageQuery {
  @QueryIntegerField({ min: 1, max: 100, description: 'Maximum number of rows on the page.', example: 20 })
  limit?: number;

  @TextField({ optional: true, max: 200, description: 'Cursor from the `Link` header of the previous page.' })
  cursor?: string;
}

type CursorPosition = string | TimeCursor | number;

/** Range of times that both JavaScript and PostgreSQL support. */
const MIN_TIME = new Date('0001-01-01T00:00:00Z');
const MAX_TIME = new Date('9999-12-31T23:59:59Z');

/** Returns the page of a list that is ordered by id. Throws 400 for an invalid cursor. */
export function windowById(query: PageQuery, size = DEFAULT_PAGE_SIZE): PageWindow<string> {
  const bytes = decodeCursor(query, 16);
  return { after: bytes && parseCursorId(bytes), take: (query.limit ?? size) + 1 };
}

/** Returns the page of a list that is ordered by time, then by id. Throws 400 for an invalid cursor. */
export function windowByTime(query: PageQuery, size = DEFAULT_PAGE_SIZE): PageWindow<TimeCursor> {
  const bytes = decodeCursor(query, 24);
  if (!bytes) return { after: null, take: (query.limit ?? size) + 1 };
  const at = new Date(Number(bytes.readBigInt64BE(0)));
  if (!(at >= MIN_TIME && at <= MAX_TIME)) throw invalidCursor();
  return { after: { at, id: parseCursorId(bytes.subarray(8)) }, take: (query.limit ?? size) + 1 };
}

/** Returns the page of a list that is ordered by a sequence number. Throws 400 for an invalid cursor. */
export function windowBySequence(query: PageQuery, size = DEFAULT_PAGE_SIZE): PageWindow<number> {
  const bytes = decodeCursor(query, 4);
  return { after: bytes && bytes.readInt32BE(0), take: (query.limit ?? size) + 1 };
}

/**
 * Removes the look-ahead row and the rows beyond MAX_PAGE_BYTES, and sets the `Link` header of the next page (RFC 8288).
 */
export function toPage<Row>(
  window: PageWindow<unknown>,
  rows: Row[],
  toPosition: (row: Row) => CursorPosition,
): Row[] {
  const visible = fitPage(window, rows);
  const last = visible.at(-1);
  if (last !== undefined && visible.length < rows.length) setNextPageLink(toPosition(last));
  return visible;
}

/** Returns the array of a page of JSON, and sets the `Link` header of the next page. */
export function toJsonList({ rows, next }: JsonPage<CursorPosition>): JsonList {
  if (next !== null) setNextPageLink(next);
  return new JsonList(rows);
}

function setNextPageLink(position: CursorPosition): void {
  setNextCursor(encodeCursor(position));
}

/** Sets the `Link` header of the next page of a list that another server divides into pages: `cursor` is its own. */
export function setNextCursor(cursor: string): void {
  const next = new URL(requestContext.url ?? '/', 'http://localhost');
  next.searchParams.set('cursor', cursor);
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

export function invalidCursor(): Error {
  return invalidField('cursor', 'cursor', 'must be a cursor from the `Link` header of this list');
}
