import { Injectable } from '@nestjs/common';
import { JobQueue } from '@/platform/jobs/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { HOUR } from '@/platform/kernel/durations.js';
import { Log } from '@/platform/logging/index.js';
import { GoogleFailure } from '../google/google-failure.js';
import { GoogleOAuth } from '../google/google-oauth.js';
import { type DueConnection, TokenRefreshRepository } from './persistence/token-refresh.repository.js';
import { TokenRefresher } from './token-refresher.js';

export const DUE_REFRESH_JOB = 'integrations.refresh_due';

/** With a run every hour, each token is refreshed at least once a day. */
const MAX_AGE = 22 * HOUR;
const PAGE_SIZE = 100;
const CONCURRENCY = 4;

/** Refreshes connections that nothing has used for a day, so that a revoked one is noticed and an idle one does not expire. */
@Injectable()
export class DueTokenRefresher {
  constructor(
    private readonly connections: TokenRefreshRepository,
    private readonly refresher: TokenRefresher,
    private readonly oauth: GoogleOAuth,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async enqueue(): Promise<void> {
    if (this.oauth.isConfigured) await this.jobs.enqueue(DUE_REFRESH_JOB, null, { key: DUE_REFRESH_JOB });
  }

  async run(signal: AbortSignal): Promise<void> {
    const before = this.clock.after(-MAX_AGE);
    let page: DueConnection[] = [];
    do {
      page = await this.connections.listDue(before, page.at(-1) ?? null, PAGE_SIZE);
      const waiting = [...page];
      const work = async (): Promise<void> => {
        for (let due; !signal.aborted && (due = waiting.shift()) !== undefined;) await this.refresh(due);
      };
      await Promise.all(Array.from({ length: CONCURRENCY }, work));
    } while (page.length === PAGE_SIZE && !signal.aborted);
  }

  /** The next run tries again what failed. */
  private async refresh({ id, token_version }: DueConnection): Promise<void> {
    try {
      await this.refresher.refresh(id, token_version);
    } catch (error) {
      if (!(error instanceof GoogleFailure))
        this.log.warn('integrations.refresh_failed', { connection: id, reason: String(error) });
    }
  }
}
