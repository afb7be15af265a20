import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataExportRegistry } from '@/modules/users/index.js';
import { type ExportedTable, ProgressExportRepository } from './persistence/progress-export.repository.js';

const PAGE_SIZE = 200;

const FILES: Record<string, ExportedTable> = {
  'learning-events': 'learning_events',
  'xp-ledger': 'xp_ledger',
  'learner-state': 'learner_states',
  'learner-zones': 'learner_zones',
  'learner-days': 'learner_days',
  'daily-quests': 'daily_quests',
  'member-days': 'member_days',
  'learner-reminders': 'learner_reminders',
};

/** Adds the learning events, the ledger and what is derived from them to the data export of a user. */
@Injectable()
export class ProgressDataExport implements OnModuleInit {
  constructor(
    private readonly rows: ProgressExportRepository,
    private readonly dataExports: DataExportRegistry,
  ) {}

  onModuleInit(): void {
    for (const [name, table] of Object.entries(FILES))
      this.dataExports.register(name, (userId) => this.exportTable(userId, table));
  }

  private async *exportTable(userId: string, table: ExportedTable): AsyncGenerator<object> {
    let after: string | null = null;
    for (;;) {
      const page = await this.rows.list(userId, table, after, PAGE_SIZE);
      for (const { row } of page) yield row;
      if (page.length < PAGE_SIZE) return;
      after = page.at(-1)?.position ?? null;
    }
  }
}
