import type { PageWindow } from '@/platform/pagination/index.js';

const PAGE_SIZE = 200;

/** Yields all rows of a list that is ordered by id, page by page, while the client of an export reads them. */
export async function* iterateExportPages<Row extends { id: string }>(
  list: (window: PageWindow<string>) => Promise<Row[]>,
): AsyncGenerator<Row> {
  let after: string | null = null;
  for (;;) {
    const rows: Row[] = await list({ after, take: PAGE_SIZE });
    yield* rows;
    after = rows.at(-1)?.id ?? null;
    if (rows.length < PAGE_SIZE) return;
  }
}
