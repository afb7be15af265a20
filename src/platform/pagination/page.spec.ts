import fc from 'fast-check';
import { requestContext } from '../context/request-context.js';
import { newId } from '../kernel/ids.js';
import type { PageWindow, TimeCursor } from './page-window.js';
import { type PageQuery, toPage, windowById, windowBySequence, windowByTime } from './page.js';

/** Runs `work` in a request and returns the `Link` headers that it set. */
function linksOf(url: string, work: () => void): string[] {
  const links: string[] = [];
  const setHeader = (name: string, value: string): void => void links.push(`${name}: ${value}`);
  requestContext.run({ requestId: 'test', url, setHeader }, work);
  return links;
}

/** Returns the cursor of the page after `position`. */
function cursorAfter(position: string | number | TimeCursor): string {
  const [link = ''] = linksOf('/list', () => toPage({ take: 2, after: null }, [1, 2], () => position));
  return new URL(/<(.*)>/.exec(link)?.[1] ?? '', 'http://host').searchParams.get('cursor') ?? '';
}

function expectInvalid(read: () => unknown): void {
  let thrown: unknown;
  try {
    read();
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ status: 400, detail: { fields: [{ path: 'cursor', rule: 'cursor' }] } });
}

describe('the first page', () => {
  it.each<[string, (query: PageQuery, size?: number) => PageWindow<unknown>]>([
    ['ids', windowById],
    ['times', windowByTime],
    ['sequence numbers', windowBySequence],
  ])('of a list of %s reads one row more than it shows', (_what, window) => {
    expect(window({})).toEqual({ after: null, take: 21 });
    expect(window({ limit: 1 })).toEqual({ after: null, take: 2 });
    expect(window({}, 1000)).toEqual({ after: null, take: 1001 });
    expect(window({ limit: 100 }, 1000)).toEqual({ after: null, take: 101 });
  });
});

describe('a cursor', () => {
  it('leads to the position that it was made from', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        expect(windowById({ cursor: cursorAfter(id) }).after).toBe(id);
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), (sequence) => {
        expect(windowBySequence({ cursor: cursorAfter(sequence) }).after).toBe(sequence);
      }),
    );
    const range = { min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z') };
    fc.assert(
      fc.property(fc.uuid(), fc.date({ ...range, noInvalidDate: true }), (id, at) => {
        expect(windowByTime({ cursor: cursorAfter({ at, id }) }).after).toEqual({ at, id });
      }),
    );
  });

  it('of another kind of list is refused', () => {
    const cursors = [cursorAfter(newId()), cursorAfter(7), cursorAfter({ at: new Date(), id: newId() })];
    const windows = [windowById, windowBySequence, windowByTime];
    for (const [index, window] of windows.entries())
      for (const [other, cursor] of cursors.entries())
        if (index !== other) expectInvalid(() => window({ cursor }));
  });

  it('is refused when it is malformed', () => {
    const valid = cursorAfter(newId());
    for (const cursor of ['', ' ', 'x', `${valid}=`, ` ${valid}`, `${valid}A`, valid.slice(1), '%00', 'ünï'])
      expectInvalid(() => windowById({ cursor }));
  });

  it('is refused in a second spelling of the same bytes', () => {
    const cursor = cursorAfter(newId());
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const last = alphabet[alphabet.indexOf(cursor.at(-1) ?? '') + 1] ?? '';
    const sameBytes = cursor.slice(0, -1) + last;
    expect(Buffer.from(sameBytes, 'base64url')).toEqual(Buffer.from(cursor, 'base64url'));
    expectInvalid(() => windowById({ cursor: sameBytes }));
  });

  it('with a time that no database has is refused', () => {
    for (const milliseconds of [2n ** 63n - 1n, -(2n ** 63n), 253_402_300_800_000n, -62_135_596_800_001n]) {
      const bytes = Buffer.alloc(24);
      bytes.writeBigInt64BE(milliseconds);
      expectInvalid(() => windowByTime({ cursor: bytes.toString('base64url') }));
    }
  });
});

describe('toPage', () => {
  const window = { after: null, take: 3 };

  it('removes the look-ahead row and links to the next page after the last visible row', () => {
    const positions: number[] = [];
    let page: number[] = [];
    const links = linksOf('/api/things?limit=2&status=open', () => {
      page = toPage(window, [10, 20, 30], (row) => (positions.push(row), row));
    });
    expect([page, positions]).toEqual([[10, 20], [20]]);
    expect(links).toEqual([`Link: </api/things?limit=2&status=open&cursor=${cursorAfter(20)}>; rel="next"`]);
  });

  it.each([[[]], [[10]], [[10, 20]]])('sets no link after the last page, here of %j', (rows) => {
    const links = linksOf('/things', () => expect(toPage(window, rows, (row) => row)).toEqual(rows));
    expect(links).toEqual([]);
  });

  it('replaces the cursor of the current page', () => {
    const [link = ''] = linksOf('/things?cursor=old&limit=2', () => toPage(window, [1, 2, 3], (row) => row));
    expect(link).not.toContain('old');
    expect(link.match(/cursor=/g)).toHaveLength(1);
  });

  it('works outside a request', () => {
    expect(toPage(window, [1, 2, 3], (row) => row)).toEqual([1, 2]);
  });
});

describe('a page of large rows', () => {
  const row = (id: number, text: string): { id: number; text: string; page_bytes: number } => ({
    id,
    text,
    page_bytes: Buffer.byteLength(text),
  });
  /** Returns the ids of the rows on the page, and whether it has a link to the next page. */
  const pageOf = (rows: ReturnType<typeof row>[]): [number[], boolean] => {
    let ids: number[] = [];
    const links = linksOf('/list', () => {
      ids = toPage({ take: 21, after: null }, rows, ({ id }) => id).map(({ id }) => id);
    });
    return [ids, links.length > 0];
  };

  it('ends before the row that exceeds 4 MB, and has a link to the next page', () => {
    const megabyte = 'x'.repeat(1024 * 1024);
    expect(pageOf([1, 2, 3, 4, 5].map((id) => row(id, megabyte)))).toEqual([[1, 2, 3], true]);
    expect(pageOf([1, 2, 3].map((id) => row(id, megabyte)))).toEqual([[1, 2, 3], false]);
  });

  it('has at least one row', () => {
    const long = 'x'.repeat(5 * 1024 * 1024);
    expect(pageOf([row(1, long), row(2, 'x')])).toEqual([[1], true]);
    expect(pageOf([row(1, long)])).toEqual([[1], false]);
  });

  it('ends where the statement was cut, also when the JSON is shorter than the row', () => {
    const rows = [1, 2, 3].map((id) => ({ id, text: 'x', page_bytes: 2 * 1024 * 1024 }));
    expect(pageOf(rows)).toEqual([[1], true]);
  });

  it('counts the characters that JSON escapes', () => {
    const escaped = '\u0001'.repeat(200_000);
    expect(pageOf([1, 2, 3, 4].map((id) => row(id, escaped)))).toEqual([[1, 2, 3], true]);
  });
});
