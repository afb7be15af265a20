import { Injectable } from '@nestjs/common';
import type { WebSocket } from 'ws';
import type { ExpectedHandover } from '../events/event-log-handovers.js';
import type { EventLog } from '../events/event-log.js';
import { LiveEventStore } from '../events/live-event-store.js';
import { toEndedError } from '../live.errors.js';
import { LiveLeaseService, LiveSocketSessions } from '../sessions/index.js';
import { ClientFrameHandler } from './client-frame.handler.js';
import type { Admission } from './live-admission.service.js';
import { closeReplaced, LiveConnection } from './live-connection.js';
import { LiveSocketsRegistry } from './live-sockets.registry.js';
import { LiveTalkFactory } from './live-talk-factory.js';
import { applyLease, type LiveTalk } from './live-talk.js';

export interface SocketOpening {
  accept: () => WebSocket;
  welcome: (talk: LiveTalk) => void;
}

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
   * Opens the socket with `accept` when everything else has succeeded, then calls `welcome`. Throws `live_session_ended` and
   * `live_quota_exceeded` for a session that ends before.
   */
  attach(admission: Admission, now: Date, opening: SocketOpening): Promise<void> {
    const { sessionId } = admission.session;
    return this.registry.attach(sessionId, async (handover) => {
      const attachment = await this.sessions.attach(sessionId);
      const log = attachment === null ? null : await this.openLog(sessionId, attachment, handover);
      const lease = await this.leases.extend(sessionId);
      if (lease.state !== 'active') throw toEndedError(lease.reason, now);
      if (attachment === null) throw toEndedError('silent', now);
      if (!log || lease.attachment > attachment) return this.refuse(sessionId, lease.attachment, opening);
      const talk = await this.openTalk(admission, log);
      talk.admission = admission;
      this.registry.replace(talk);
      const connection = new LiveConnection(admission.session, attachment, opening.accept(), talk.output);
      this.talks.connect(talk, connection);
      applyLease(talk, lease, now);
      opening.welcome(talk);
      this.frames.listen(talk, connection);
      this.registry.add(talk);
    });
  }

  /** What this process has of a session is dropped when another process has had the session since. */
  private async openLog(
    sessionId: string,
    attachment: number,
    handover: ExpectedHandover,
  ): Promise<EventLog | null> {
    if (this.events.findAttachment(sessionId) !== attachment - 1) await this.registry.drop(sessionId);
    return this.events.open(sessionId, attachment, handover);
  }

  private async openTalk(admission: Admission, log: EventLog): Promise<LiveTalk> {
    const known = this.registry.find(admission.session.sessionId);
    if (known) return known;
    const talk = this.talks.create(admission, log);
    if (log.attachment > 1) await talk.conversation.restore();
    return talk;
  }

  /** A newer socket has the session already. */
  private refuse(sessionId: string, attachment: number, { accept }: SocketOpening): void {
    closeReplaced(accept());
    void this.registry.yieldTo(sessionId, attachment);
  }
}
