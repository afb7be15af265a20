import { Injectable } from '@nestjs/common';
import { Clock } from '@/platform/kernel/clock.js';
import { type LiveEndReason, LiveLeaseService } from '../sessions/index.js';
import { LiveSocketsRegistry } from './live-sockets.registry.js';
import { applyLease, type LiveTalk } from './live-talk.js';

/** Sessions of one statement. */
const BATCH_SIZE = 500;

/** Extends the leases of sessions with a socket, many in one statement, and ends sessions. */
@Injectable()
export class LiveLeaseExtender {
  constructor(
    private readonly leases: LiveLeaseService,
    private readonly registry: LiveSocketsRegistry,
    private readonly clock: Clock,
  ) {}

  /** A session whose quota is used ends by this. */
  async extend(talks: readonly LiveTalk[]): Promise<void> {
    for (const batch of toBatches(talks)) {
      const states = await this.leases.extendMany(batch.map(({ admission }) => admission.session.sessionId));
      const now = this.clock.now();
      for (const talk of batch) {
        const state = states.get(talk.admission.session.sessionId);
        if (state?.state === 'ended')
          this.registry.finish(talk.admission.session.sessionId, state.reason ?? 'silent');
        else if (state) this.apply(talk, state, now);
      }
    }
  }

  async end({ admission }: LiveTalk, reason: LiveEndReason): Promise<void> {
    const { sessionId } = admission.session;
    const ended = await this.leases.end(sessionId, reason);
    this.registry.finish(sessionId, ended ? reason : 'silent');
  }

  private apply(
    talk: LiveTalk,
    { attachment, remainingSeconds }: { attachment: number; remainingSeconds: number | null },
    now: Date,
  ): void {
    applyLease(talk, { remainingSeconds }, now);
    // The notification of a newer socket was lost.
    if (talk.output.log.attachment < attachment)
      void this.registry.yieldTo(talk.admission.session.sessionId, attachment);
  }
}

/** Returns batches in which each payer of time occurs once: a user has one session, a tenant can have many. */
function toBatches(talks: readonly LiveTalk[]): LiveTalk[][] {
  const batches: { subjects: Set<string>; talks: LiveTalk[] }[] = [];
  for (const talk of talks) {
    const { session, organizationId } = talk.admission;
    const subject = session.actor?.userId ?? organizationId ?? session.sessionId;
    let batch = batches.find(({ subjects }) => subjects.size < BATCH_SIZE && !subjects.has(subject));
    if (!batch) batches.push((batch = { subjects: new Set(), talks: [] }));
    batch.subjects.add(subject);
    batch.talks.push(talk);
  }
  return batches.map((batch) => batch.talks);
}
