import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataExportRegistry } from '@/modules/users/index.js';
import { ReviewItemRepository } from './persistence/review-item.repository.js';
import { ReviewLogRepository } from './persistence/review-log.repository.js';

const PAGE_SIZE = 100;

/** Adds the items to review, and the log of reviews, to the data export of a user. */
@Injectable()
export class ReviewExport implements OnModuleInit {
  constructor(
    private readonly items: ReviewItemRepository,
    private readonly log: ReviewLogRepository,
    private readonly dataExports: DataExportRegistry,
  ) {}

  onModuleInit(): void {
    this.dataExports.register('xel-reviews', (userId) => this.exportItems(userId));
    this.dataExports.register('xel-review-log', (userId) => this.exportLog(userId));
  }

  private async *exportItems(userId: string): AsyncGenerator<object> {
    let after: string | null = null;
    for (;;) {
      const rows = await this.items.listAll(userId, { after, take: PAGE_SIZE });
      for (const row of rows) yield { ...row, owner_id: undefined, subject: undefined };
      after = rows.at(-1)?.id ?? null;
      if (rows.length < PAGE_SIZE || after === null) return;
    }
  }

  private async *exportLog(userId: string): AsyncGenerator<object> {
    let after: string | null = null;
    for (;;) {
      const rows = await this.log.list(userId, { after, take: PAGE_SIZE });
      yield* rows;
      after = rows.at(-1)?.id ?? null;
      if (rows.length < PAGE_SIZE || after === null) return;
    }
  }
}
