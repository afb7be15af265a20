import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { Actor, ClientInfo } from '@/platform/access/index.js';
import { Config } from '@/platform/config/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { RateLimiter } from '@/platform/limits/index.js';
import { WebSockets } from '@/platform/web-sockets/index.js';
import { DISCLOSURE, HEARTBEAT_SECONDS } from '../sessions/index.js';
import type { LiveSocketQuery } from './dto/live-socket.query.js';
import { LiveAdmissionService } from './live-admission.service.js';
import { LiveSocketService } from './live-socket.service.js';
import { type LiveTalk, remainingSeconds } from './live-talk.js';

/** Sockets that may be opened from one network. */
const UPGRADES = { name: 'live-sockets', limit: 300, window: 60 };

/** Judges a request for a socket before the first byte, and opens it. */
@Injectable()
export class LiveSocketOpener {
  constructor(
    private readonly admissions: LiveAdmissionService,
    private readonly sockets: LiveSocketService,
    private readonly limiter: RateLimiter,
    private readonly webSockets: WebSockets,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** Throws the errors of {@link LiveAdmissionService.admit}, 426 `upgrade_required` and 429 `too_many_attempts`. */
  async open(
    actor: Actor | null,
    query: LiveSocketQuery,
    { network }: ClientInfo,
    reply: FastifyReply,
  ): Promise<void> {
    this.webSockets.assertUpgrade(reply);
    await this.limiter.consume(UPGRADES, network);
    const admission = await this.admissions.admit(actor, query, reply.request.headers.origin);
    await this.sockets.attach(admission, this.clock.now(), {
      accept: () => this.webSockets.accept(reply),
      welcome: (talk) => this.welcome(talk),
    });
  }

  private welcome({ admission, output, conversation, quotaEndsAt }: LiveTalk): void {
    const { sessionId, sessionType } = admission.session;
    output.send('session.ready', {
      session_id: sessionId,
      session_type: sessionType,
      disclosure: DISCLOSURE,
      audio: conversation.speech !== null,
      remaining_seconds: remainingSeconds(quotaEndsAt, this.clock.now()),
      idle_seconds: this.config.live.idleSeconds,
      heartbeat_seconds: HEARTBEAT_SECONDS,
    });
  }
}
