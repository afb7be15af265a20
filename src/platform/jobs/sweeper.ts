import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { UnitOfWork } from '../persistence/index.js';
import { Jobs } from './jobs.js';

/** Tables of the platform whose rows are worthless after `expires_at`. */
const PLATFORM_TABLES = ['rate_windows', 'idempotency_keys', 'mail_outbox'];

/** Removes what has expired, once an hour. Modules add their own tables. */
@Injectable()
export class Sweeper implements OnModuleInit {
  private readonly tables = [...PLATFORM_TABLES];

  constructor(
    private readonly jobs: Jobs,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.everyHour(() => this.sweep());
  }

  /** Rows of `table` go when their `expires_at` has passed. */
  expire(table: string): void {
    this.tables.push(table);
  }

  async sweep(): Promise<void> {
    for (const table of this.tables) {
      const text = `DELETE FROM ${table} WHERE expires_at <= $1`;
      await this.unitOfWork.query({ name: `sweep.${table}`, text }, [this.clock.now()]);
    }
    const failed =
      'SELECT graphile_worker.complete_jobs(ARRAY(SELECT id FROM graphile_worker.jobs WHERE attempts >= max_attempts))';
    await this.unitOfWork.query({ name: 'sweep.failed_jobs', text: failed }, []);
  }
}
