import type { Owner } from '@/modules/organizations/index.js';
import { hasMoreRows, type PageWindow } from '@/platform/pagination/index.js';
import { ReceiptResponse } from './dto/receipt.response.js';
import type { ReceiptRepository } from './persistence/receipt.repository.js';

const PAGE_SIZE = 200;

/** Yields the receipts of a user for the data export. Sources that the user may not read any more have no content. */
export async function* exportReceipts(receipts: ReceiptRepository, owner: Owner): AsyncGenerator<object> {
  let after: string | null = null;
  for (;;) {
    const window: PageWindow<string> = { after, take: PAGE_SIZE };
    const rows = await receipts.listPart(owner, window);
    for (const row of rows)
      yield ReceiptResponse.from(row, await receipts.findStates(owner, row.sources), row.created_at);
    const last = rows.at(-1);
    if (last === undefined || !hasMoreRows(window, rows)) return;
    after = last.id;
  }
}
