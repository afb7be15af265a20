import { Injectable } from '@nestjs/common';
import * as z from 'zod';
import { JobQueue } from '@/platform/jobs/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { DAY } from '@/platform/kernel/durations.js';
import type { Provider } from './persistence/integration-connection.entity.js';

export const REVOCATION_JOB = 'integrations.revoke';

/** The token is kept for this time at most. */
const KEPT_FOR = DAY;

const revocation = z.object({
  provider: z.enum(['google_calendar']),
  refreshToken: z.string(),
  /** The account; null when it is not known. */
  email: z.string().nullable(),
  /** Ids of events that are deleted first. */
  eventIds: z.array(z.string()),
  /** Milliseconds since the epoch. */
  until: z.number(),
  failures: z.number(),
});

export type Revocation = z.infer<typeof revocation>;

export interface EndedGrant {
  provider: Provider;
  refreshToken: string;
  email: string | null;
  eventIds?: readonly string[];
}

const FIRST_DELAY = 15;
const MAX_DELAY = 1_800;

/** Queues the end of a grant at the service, in the transaction of the caller. Payloads of jobs are encrypted. */
@Injectable()
export class RevocationQueue {
  constructor(
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  async enqueue({ provider, refreshToken, email, eventIds = [] }: EndedGrant): Promise<void> {
    const until = this.clock.after(KEPT_FOR).getTime();
    const payload: Revocation = {
      provider,
      refreshToken,
      email,
      eventIds: [...eventIds],
      until,
      failures: 0,
    };
    await this.jobs.enqueue(REVOCATION_JOB, payload);
  }

  parse(payload: unknown): Revocation {
    return revocation.parse(payload);
  }

  /** Tries again later what is left of a revocation. Returns false when its time is over. */
  async retry(remaining: Revocation): Promise<boolean> {
    const { until, failures } = remaining;
    const delay = Math.min(MAX_DELAY, FIRST_DELAY * 2 ** failures);
    if (this.clock.millis() + delay * 1000 >= until) return false;
    await this.jobs.enqueue(REVOCATION_JOB, { ...remaining, failures: failures + 1 }, { delay });
    return true;
  }
}
