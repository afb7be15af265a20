import { Injectable } from '@nestjs/common';
import type { Owner } from '@/modules/organizations/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { UnitOfWork } from '@/platform/persistence/index.js';
import { LearningSessionEvents } from './learning-session-events.js';
import { INACTIVITY_TIMEOUT } from './learning-session.rules.js';
import {
  type EndedLearningSession,
  LearningSessionRepository,
} from './persistence/learning-session.repository.js';

/** Ends sessions, and publishes their end in the same transaction. */
@Injectable()
export class LearningSessionEndings {
  constructor(
    private readonly sessions: LearningSessionRepository,
    private readonly events: LearningSessionEvents,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Ends the active session. Returns undefined without one. */
  end(
    owner: Owner,
    conversationId: string,
    since: Date,
    now: Date,
  ): Promise<EndedLearningSession | undefined> {
    return this.publish(() => this.sessions.end(owner, conversationId, since, now));
  }

  /** Ends the session at its last activity when it is inactive. */
  closeInactive(
    owner: Owner,
    conversationId: string,
    since: Date,
  ): Promise<EndedLearningSession | undefined> {
    return this.publish(() => this.sessions.closeInactive(owner, conversationId, since));
  }

  /** Ends all sessions that a user left open, each at its last activity. */
  async closeAllInactive(userId: string): Promise<void> {
    const since = this.clock.after(-INACTIVITY_TIMEOUT);
    if (!(await this.sessions.hasInactive(userId, since))) return;
    await this.unitOfWork.run(async () => {
      const sessions = await this.sessions.closeAllInactive(userId, since);
      const inOrder = [...sessions].sort((a, b) => a.ended_at.getTime() - b.ended_at.getTime());
      for (const session of inOrder) await this.publishEnded(session);
    });
  }

  private publish(
    end: () => Promise<EndedLearningSession | undefined>,
  ): Promise<EndedLearningSession | undefined> {
    return this.unitOfWork.run(async () => {
      const session = await end();
      if (session) await this.publishEnded(session);
      return session;
    });
  }

  private publishEnded({
    id,
    owner_id,
    organization_id,
    started_at,
    ended_at,
  }: EndedLearningSession): Promise<void> {
    return this.events.publishEnded({
      id,
      userId: owner_id,
      organizationId: organization_id,
      startedAt: started_at,
      endedAt: ended_at,
    });
  }
}
