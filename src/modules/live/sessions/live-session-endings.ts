import { Injectable } from '@nestjs/common';
import { OrganizationEvents } from '@/platform/events/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { LivePlans } from '../quota/live-plans.js';
import { LiveSessionNotifier } from './live-session-notifier.js';
import type { LiveEndReason } from './live-session.rules.js';
import { LiveLeaseRepository } from './persistence/live-lease.repository.js';
import type { EndedLiveSession } from './persistence/live-session.row.js';

type EndingHandler = (sessions: readonly EndedLiveSession[]) => Promise<void>;

/** Ends sessions, together with what depends on them: transcripts, the event of the paying organization, the notification. */
@Injectable()
export class LiveSessionEndings {
  private readonly handlers: EndingHandler[] = [];

  constructor(
    private readonly leases: LiveLeaseRepository,
    private readonly plans: LivePlans,
    private readonly events: OrganizationEvents,
    private readonly notifier: LiveSessionNotifier,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Registers a handler that runs in the transaction that ends sessions. */
  onEnding(handler: EndingHandler): void {
    this.handlers.push(handler);
  }

  /**
   * Ends those of the sessions that are active, and returns them. The reason of a session whose lease has run out is `silent` or
   * `quota` instead. With `onlyOverdue`, only such sessions end.
   */
  end(
    ids: readonly string[],
    reason: LiveEndReason,
    { onlyOverdue = false } = {},
  ): Promise<EndedLiveSession[]> {
    const { limitsJson } = this.plans;
    return this.unitOfWork.run(async () => {
      const options = { now: this.clock.now(), limitsJson, onlyOverdue };
      const ended = await this.leases.end(ids, reason, options);
      if (ended.length > 0) for (const handle of this.handlers) await handle(ended);
      for (const session of ended) await this.publish(session);
      return ended;
    });
  }

  private async publish(session: EndedLiveSession): Promise<void> {
    const { id, payer_id, owner_id, end_reason, started_at, ended_at, session_type } = session;
    if (payer_id !== null)
      await this.events.publish({
        organizationId: payer_id,
        type: 'live.session.ended',
        timestamp: ended_at,
        data: {
          session_id: id,
          user_id: owner_id,
          session_type,
          seconds: Math.floor((ended_at.getTime() - started_at.getTime()) / 1000),
          reason: end_reason,
        },
      });
    await this.notifier.publishEnded(id, end_reason);
  }
}
