import { Injectable } from '@nestjs/common';
import { type Owner, toOwner } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/index.js';
import { type AppError, platformErrors } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import { ConversationFinder } from '../conversation-finder.js';
import { conversationErrors } from '../conversations.errors.js';
import { LearningSessionResponse, type NoLearningSessionResponse } from './dto/learning-session.responses.js';
import { LearningSessionEndings } from './learning-session-endings.js';
import { INACTIVITY_TIMEOUT } from './learning-session.rules.js';
import type { LearningSession } from './persistence/learning-session.entity.js';
import { LearningSessionRepository } from './persistence/learning-session.repository.js';

/** Concurrent requests can start and end the session between two statements; then the start is retried. */
const MAX_ATTEMPTS = 5;

/** Starts, extends and ends the learning session of a conversation. */
@Injectable()
export class LearningSessionsService {
  constructor(
    private readonly sessions: LearningSessionRepository,
    private readonly endings: LearningSessionEndings,
    private readonly conversationFinder: ConversationFinder,
    private readonly clock: Clock,
  ) {}

  /** Starts a session, or returns the active one. Throws `conversation_not_found`. */
  async start(actor: Actor, conversationId: string): Promise<LearningSessionResponse> {
    const owner = toOwner(actor);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const row =
        (await this.sessions.start(owner, conversationId, newId(), this.clock.now())) ??
        (await this.sessions.findActive(owner, conversationId, this.activityCutoff()));
      if (row) return this.toResponse(row);
      if (attempt === 0) await this.conversationFinder.find(owner, conversationId);
      await this.endings.closeInactive(owner, conversationId, this.activityCutoff());
    }
    throw platformErrors.overloaded({ retryAfter: 1 });
  }

  /** Records activity. Throws `learning_session_not_found` without an active session. */
  async touch(actor: Actor, conversationId: string): Promise<LearningSessionResponse> {
    const owner = toOwner(actor);
    const row = await this.sessions.touch(owner, conversationId, this.activityCutoff(), this.clock.now());
    if (!row) throw await this.notFoundError(owner, conversationId);
    return this.toResponse(row);
  }

  /** Ends the active session. Throws `learning_session_not_found` without one. */
  async end(actor: Actor, conversationId: string): Promise<LearningSessionResponse> {
    const owner = toOwner(actor);
    const row = await this.endings.end(owner, conversationId, this.activityCutoff(), this.clock.now());
    if (!row) throw await this.notFoundError(owner, conversationId);
    return this.toResponse(row);
  }

  async status(
    actor: Actor,
    conversationId: string,
  ): Promise<LearningSessionResponse | NoLearningSessionResponse> {
    const owner = toOwner(actor);
    const row = await this.sessions.findActive(owner, conversationId, this.activityCutoff());
    if (row) return this.toResponse(row);
    await this.conversationFinder.find(owner, conversationId);
    return { status: 'inactive' };
  }

  private activityCutoff(): Date {
    return this.clock.after(-INACTIVITY_TIMEOUT);
  }

  private toResponse(row: LearningSession): LearningSessionResponse {
    return LearningSessionResponse.from(row, this.clock.now());
  }

  private async notFoundError(owner: Owner, conversationId: string): Promise<AppError> {
    await this.conversationFinder.find(owner, conversationId);
    return conversationErrors.learning_session_not_found();
  }
}
