import { Injectable, type OnModuleInit } from '@nestjs/common';
import { JobQueue } from '@/platform/jobs/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { Log } from '@/platform/logging/index.js';
import { ConnectionStore } from '../connections/connection-store.js';
import { type Revocation, REVOCATION_JOB } from '../connections/revocation-queue.js';
import { GoogleFailure, GrantRefused } from '../google/google-failure.js';
import { GoogleOAuth } from '../google/google-oauth.js';
import { CalendarTransport } from './calendar-client.js';
import { EVENTS_PATH } from './calendar.service.js';

/** A deleted event is gone; one that may not be deleted stays. */
const DONE_STATUSES: readonly number[] = [200, 204, 403, 404, 410];

/** Ends grants at Google by jobs: deletes study sessions when asked, then revokes the token. */
@Injectable()
export class GrantRevoker implements OnModuleInit {
  constructor(
    private readonly store: ConnectionStore,
    private readonly oauth: GoogleOAuth,
    private readonly transport: CalendarTransport,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  onModuleInit(): void {
    this.jobs.registerHandler(
      REVOCATION_JOB,
      (payload) => this.run(this.store.revocations.parse(payload)),
      'integrations',
    );
  }

  private async run(revocation: Revocation): Promise<void> {
    if (this.clock.millis() >= revocation.until) return this.log.warn('integrations.revocation_expired');
    const remaining = { ...revocation, eventIds: [...revocation.eventIds] };
    try {
      await this.deleteEvents(remaining);
      if (!(await this.isAccountInUse(remaining))) await this.oauth.revoke(remaining.refreshToken);
    } catch (error) {
      if (error instanceof GrantRefused) return; // ended already
      if (!(error instanceof GoogleFailure)) throw error;
      const isRetried = await this.store.revocations.retry(remaining);
      this.log.warn(isRetried ? 'integrations.revocation_deferred' : 'integrations.revocation_expired', {
        reason: error.reason,
        answer: error.answer,
      });
    }
  }

  /** Removes from `remaining` what is done, and keeps a rotated token in it, for the next attempt. */
  private async deleteEvents(remaining: Revocation): Promise<void> {
    if (remaining.eventIds.length === 0 || !this.oauth.isConfigured) return;
    const { accessToken, refreshToken } = await this.oauth.refresh(remaining.refreshToken);
    if (refreshToken !== undefined) remaining.refreshToken = refreshToken;
    for (let id; (id = remaining.eventIds[0]) !== undefined; remaining.eventIds.shift()) {
      const { status } = await this.transport.send(
        { method: 'DELETE', path: `${EVENTS_PATH}/${id}` },
        accessToken,
      );
      if (!DONE_STATUSES.includes(status))
        throw new GoogleFailure('request_refused', undefined, String(status));
    }
  }

  /** A revocation ends every grant of the account, so one that was connected again keeps it. */
  private async isAccountInUse({ provider, email }: Revocation): Promise<boolean> {
    return email !== null && this.store.connections.isAccountConnected(provider, email);
  }
}
