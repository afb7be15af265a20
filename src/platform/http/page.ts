import { validationFailed } from '../errors/index.js';
import { idFromBytes, idToBytes, isId } from '../kernel/ids.js';
import { requestContext } from './context.js';
import { QueryNumber, Text } from './fields.js';

const DEFAULT_LIMIT = 20;

/** `?limit=&cursor=` of every list. Cursors are opaque to clients. */
export class PageQuery {
  @QueryNumber({ min: 1, max: 100, description: 'Rows on this page.', example: 20 })
  limit = DEFAULT_LIMIT;

  @Text({ optional: true, max: 200, description: 'From the `Link` header of the page before.' })
  cursor?: string;
}

/** The id a cursor stands for; null for the first page. */
export function positionOf({ cursor }: PageQuery): string | null {
  if (cursor === undefined) return null;
  const id = idFromBytes(Buffer.from(cursor, 'base64url'));
  if (isId(id) && cursorOf(id) === cursor) return id;
  throw validationFailed([{ path: 'cursor', rule: 'cursor', message: 'is not a cursor of this list' }]);
}

/**
 * Cuts the look-ahead row off (`rows` was read with `limit + 1`) and announces the next page (RFC 8288).
 * Rows are ordered by their id.
 */
export function page<Row extends { id: string }>(path: string, query: PageQuery, rows: Row[]): Row[] {
  const shown = rows.slice(0, query.limit);
  const last = shown.at(-1);
  if (last && rows.length > query.limit) {
    const next = `${path}?limit=${query.limit}&cursor=${cursorOf(last.id)}`;
    requestContext.setHeader('Link', `<${next}>; rel="next"`);
  }
  return shown;
}

function cursorOf(id: string): string {
  return idToBytes(id).toString('base64url');
}
