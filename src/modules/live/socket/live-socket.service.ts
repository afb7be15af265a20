import { Injectable } from '@nestjs/common';
import type { WebSocket } from 'ws';
import { LiveEventStore } from '../events/live-event-store.js';
import { toEndedError } from '../live.errors.js';
import { LiveLeaseService, LiveSocketSessions } from '../sessions/index.js';
import { ClientFrameHandler } from './client-frame.handler.js';
import type { Admission } from './live-admission.service.js';
import { LiveConnection } from './live-connection.js';
import { LiveSocketsRegistry } from './live-sockets.registry.js';
import { LiveTalkFactory } from './live-talk-factory.js';
import { applyLease, type LiveTalk } from './live-talk.js';

/** Attaches a socket to its session, and tells the client about it. */
@Injectable()
export class LiveSocketService {
  constructor(
    private readonly sessions: LiveSocketSessions,
    private readonly leases: LiveLeaseService,
    private readonly events: LiveEventStore,
    private readonly registry: LiveSocketsRegistry,
    private readonly talks: LiveTalkFactory,
    private readonly frames: ClientFrameHandler,
  ) {}

  /**
   * Opens the socket with `accept` when everything else has succeeded, then calls `welcome`. Throws `live_session_ended` and `live_quota_exceeded`
   * for a session that ends before.
   */
  attach(
    admission: Admission,
    now: Date,
    { accept, welcome }: { accept: () => WebSocket; welcome: (talk: LiveTalk) => void },
  ): Promise<void> {
    const { sessionId } = admission.session;
    return this.registry.attach(sessionId, async () => {
      const attachment = await this.sessions.attach(sessionId);
      const log = attachment === null ? null : await this.events.open(sessionId, attachment > 1);
      const lease = await this.leases.extend(sessionId);
      if (lease.state !== 'active') throw toEndedError(lease.reason, now);
      if (attachment === null || !log) throw toEndedError('silent', now);
      const known = this.registry.find(sessionId);
      const talk = known ?? this.talks.create(admission, log);
      if (!known && attachment > 1) await talk.conversation.restore();
      talk.admission = admission;
      this.registry.replace(talk);
      const connection = new LiveConnection(admission.session, attachment, accept(), talk.output);
      this.talks.connect(talk, connection);
      applyLease(talk, lease, now);
      welcome(talk);
      this.frames.listen(talk, connection);
      this.registry.add(talk);
    });
  }
}
