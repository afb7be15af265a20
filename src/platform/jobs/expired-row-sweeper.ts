import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { Log } from '../logging/log.js';
import { UnitOfWork } from '../persistence/index.js';
import { JobQueue } from './job-queue.js';

/** Tables of the platform whose rows are deleted after `expires_at`. */
const PLATFORM_TABLES = ['rate_windows', 'idempotency_keys', 'mail_outbox'];

/** Bounds the rows that one statement locks and deletes, with all rows that reference them. */
const BATCH_SIZE = 1000;

const deleteExpiredSql = (table: string): string => `WITH gone AS (
    DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} WHERE expires_at <= $1 LIMIT $2))
    RETURNING 1
  ) SELECT count(*)::int AS count FROM gone`;

const DELETE_FAILED_JOBS = {
  name: 'sweep.failed_jobs',
  text: `SELECT graphile_worker.complete_jobs(
           ARRAY(SELECT id FROM graphile_worker.jobs WHERE attempts >= max_attempts))`,
};

/** Deletes expired rows once an hour. Modules register their tables. */
@Injectable()
export class ExpiredRowSweeper implements OnModuleInit {
  private readonly tables = [...PLATFORM_TABLES];

  constructor(
    private readonly jobs: JobQueue,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.jobs.registerHourly(() => this.sweep());
  }

  /** Registers a table with a column `expires_at`. */
  registerTable(table: string): void {
    this.tables.push(table);
  }

  async sweep(): Promise<void> {
    for (const table of this.tables)
      await this.deleteExpired(table).catch((error: unknown) =>
        this.log.error('jobs.sweep_failed', error, { table }),
      );
    await this.unitOfWork.query(DELETE_FAILED_JOBS, []);
  }

  private async deleteExpired(table: string): Promise<void> {
    const statement = { name: `sweep.${table}`, text: deleteExpiredSql(table) };
    const now = this.clock.now();
    let deleted: { count: number } | undefined;
    do [deleted] = await this.unitOfWork.query<{ count: number }>(statement, [now, BATCH_SIZE]);
    while (deleted?.count === BATCH_SIZE);
  }
}
