import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataExportRegistry } from '@/modules/users/index.js';
import { PlacementRepository } from '../placement/persistence/placement.repository.js';
import { AttemptRepository } from '../submissions/persistence/attempt.repository.js';
import { TaskProgressRepository } from '../task-progress/persistence/task-progress.repository.js';

const PAGE_SIZE = 200;

/** Adds attempts, progress and placement tests to the data export of a user. */
@Injectable()
export class XelDataExport implements OnModuleInit {
  constructor(
    private readonly attempts: AttemptRepository,
    private readonly progress: TaskProgressRepository,
    private readonly placements: PlacementRepository,
    private readonly dataExports: DataExportRegistry,
  ) {}

  onModuleInit(): void {
    this.dataExports.register('xel-attempts', (userId) => this.exportAttempts(userId));
    this.dataExports.register('xel-progress', (userId) => this.exportProgress(userId));
    this.dataExports.register('xel-placements', (userId) => this.exportPlacements(userId));
  }

  private async *exportAttempts(userId: string): AsyncGenerator<object> {
    let after: string | null = null;
    for (;;) {
      const rows = await this.attempts.list(userId, { after, take: PAGE_SIZE });
      for (const row of rows) yield { ...row, user_id: undefined };
      after = rows.at(-1)?.id ?? null;
      if (rows.length < PAGE_SIZE || after === null) return;
    }
  }

  private async *exportProgress(userId: string): AsyncGenerator<object> {
    yield* await this.progress.list(userId);
  }

  private async *exportPlacements(userId: string): AsyncGenerator<object> {
    let after: string | null = null;
    for (;;) {
      const rows = await this.placements.listPart(userId, after, PAGE_SIZE);
      for (const row of rows) {
        const answers = (await this.placements.listAnswers(row.id)).map(toExportedAnswer);
        yield { ...row, user_id: undefined, answers };
      }
      after = rows.at(-1)?.id ?? null;
      if (rows.length < PAGE_SIZE || after === null) return;
    }
  }
}

function toExportedAnswer({
  item_id,
  response,
  correct,
  answered_at,
}: {
  item_id: string;
  response: string;
  correct: boolean;
  answered_at: Date;
}): object {
  return { item_id, response, correct, answered_at };
}
