import { Injectable, type OnModuleInit } from '@nestjs/common';
import { LearningSessionEndings, LearningSessionEvents } from '@/modules/conversations/index.js';
import { LiveSessionEndings } from '@/modules/live/index.js';
import type { OrganizationId } from '@/platform/kernel/ids.js';
import { SettlementService } from '../streaks/settlement.service.js';
import { LearningEventsService } from './learning-events.service.js';

/** Records the end of sessions of conversations and of live sessions, in the transaction that ends them. */
@Injectable()
export class SessionRecorder implements OnModuleInit {
  constructor(
    private readonly learningEvents: LearningEventsService,
    private readonly settlement: SettlementService,
    private readonly conversationSessions: LearningSessionEvents,
    private readonly openSessions: LearningSessionEndings,
    private readonly liveSessions: LiveSessionEndings,
  ) {}

  onModuleInit(): void {
    this.settlement.beforeSettling((userId) => this.openSessions.closeAllInactive(userId));
    this.conversationSessions.onEnded((session) => this.record('conversation.session.ended', session));
    this.liveSessions.onEnding(async (sessions) => {
      const owned = sessions.flatMap(({ id, owner_id: userId, payer_id, started_at, ended_at }) =>
        userId === null
          ? []
          : [{ id, userId, organizationId: payer_id, startedAt: started_at, endedAt: ended_at }],
      );
      const inLockOrder = owned.sort((a, b) => (a.userId < b.userId ? -1 : 1));
      for (const session of inLockOrder) await this.record('live.session.ended', session);
    });
  }

  private async record(
    type: 'conversation.session.ended' | 'live.session.ended',
    session: EndedSession,
  ): Promise<void> {
    const { id, userId, organizationId, startedAt, endedAt } = session;
    const seconds = Math.max(0, Math.floor((endedAt.getTime() - startedAt.getTime()) / 1000));
    await this.learningEvents.record({
      userId,
      type,
      sourceId: id,
      organizationId,
      occurredAt: endedAt,
      seconds,
    });
  }
}

interface EndedSession {
  id: string;
  userId: string;
  /** The organization to which the session belongs. */
  organizationId: OrganizationId | null;
  startedAt: Date;
  endedAt: Date;
}
