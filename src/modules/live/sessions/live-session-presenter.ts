import { Injectable } from '@nestjs/common';
import type { Actor } from '@/platform/access/index.js';
import { Config } from '@/platform/config/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { LiveSessionResponse } from './dto/live-session.response.js';
import { LiveLeaseService } from './live-lease.service.js';
import { LiveTicketService } from './live-ticket.service.js';
import type { EndedLiveSession, ExtendedLiveSession } from './persistence/live-session.row.js';

/** Builds the responses of sessions, with a fresh ticket while they are active. */
@Injectable()
export class LiveSessionPresenter {
  private readonly socketUrl: string;

  constructor(
    private readonly leases: LiveLeaseService,
    private readonly tickets: LiveTicketService,
    private readonly clock: Clock,
    config: Config,
  ) {
    this.socketUrl = `${config.baseUrl.replace(/^http/, 'ws')}/api/live/socket`;
  }

  presentActive(session: ExtendedLiveSession, actor: Actor): LiveSessionResponse {
    return LiveSessionResponse.active(session, {
      now: this.clock.now(),
      remainingSeconds: this.leases.remainingSecondsOf(session),
      socketUrl: this.socketUrl,
      ticket: this.tickets.issue(session.id, actor),
    });
  }

  presentEnded(session: EndedLiveSession): LiveSessionResponse {
    return LiveSessionResponse.ended(session, this.socketUrl);
  }
}
