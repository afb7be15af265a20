import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { Log } from '../logging/log.js';
import { UnitOfWork } from '../persistence/index.js';
import { JobQueue } from './job-queue.js';

/** Rows that are deleted, and when. */
export interface RetentionRule {
  table: string;
  /** SQL condition of the rows to delete. `$1` is the time `keptFor` seconds ago. */
  condition: string;
  keptFor: number;
}

const untilExpiry = (table: string): RetentionRule => ({ table, condition: 'expires_at <= $1', keptFor: 0 });

/** Tables of the platform whose rows are deleted after `expires_at`. */
const PLATFORM_RULES = ['rate_windows', 'idempotency_keys', 'mail_outbox'].map(untilExpiry);

/** Bounds the rows that one statement locks and deletes, with all rows that reference them. */
const BATCH_SIZE = 1000;

const deleteSql = ({ table, condition }: RetentionRule): string => `WITH gone AS (
    DELETE FROM ${table} WHERE ctid = ANY(ARRAY(SELECT ctid FROM ${table} WHERE ${condition} LIMIT $2))
    RETURNING 1
  ) SELECT count(*)::int AS count FROM gone`;

const DELETE_FAILED_JOBS = {
  name: 'sweep.failed_jobs',
  text: `SELECT graphile_worker.complete_jobs(
           ARRAY(SELECT id FROM graphile_worker.jobs WHERE attempts >= max_attempts))`,
};

/** Queues of serial keys have a row each, also when they have no jobs. */
const DELETE_EMPTY_QUEUES = {
  name: 'sweep.empty_queues',
  text: `DELETE FROM graphile_worker._private_job_queues q
         WHERE q.locked_at IS NULL
           AND NOT EXISTS (SELECT FROM graphile_worker._private_jobs j WHERE j.job_queue_id = q.id)`,
};

/** Deletes expired rows, and rows at the end of their retention, once an hour. Modules register their tables. */
@Injectable()
export class ExpiredRowSweeper implements OnModuleInit {
  private readonly rules = [...PLATFORM_RULES];

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
    this.rules.push(untilExpiry(table));
  }

  /** Registers rows that are kept for a limited time. */
  registerRetention(rule: RetentionRule): void {
    this.rules.push(rule);
  }

  async sweep(): Promise<void> {
    for (const rule of this.rules)
      await this.deleteRows(rule).catch((error: unknown) =>
        this.log.error('jobs.sweep_failed', error, { table: rule.table }),
      );
    await this.unitOfWork.query(DELETE_FAILED_JOBS, []);
    await this.unitOfWork.query(DELETE_EMPTY_QUEUES, []);
  }

  private async deleteRows(rule: RetentionRule): Promise<void> {
    const statement = { name: `sweep.${rule.table}`, text: deleteSql(rule) };
    const before = this.clock.after(-rule.keptFor);
    let deleted: { count: number } | undefined;
    do [deleted] = await this.unitOfWork.query<{ count: number }>(statement, [before, BATCH_SIZE]);
    while (deleted?.count === BATCH_SIZE);
  }
}
