import { Injectable } from '@nestjs/common';
import { type Owner, ownerOf } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/actor.js';
import type { AppError } from '@/platform/errors/index.js';
import { platformErrors } from '@/platform/errors/index.js';
import { Clock } from '@/platform/kernel/clock.js';
import { newId } from '@/platform/kernel/ids.js';
import { ConversationBook } from '../conversation-finder.js';
import { conversationErrors } from '../conversations.errors.js';
import { LearningSessionResponse, type NoLearningSessionResponse } from './dto/learning-session.responses.js';
import { SILENCE } from './learning-session.rules.js';
import type { LearningSession } from './persistence/learning-session.entity.js';
import { LearningSessionRepository } from './persistence/learning-session.repository.js';

/** Others may start and end the session at the same moment; then it is looked at again. */
const ATTEMPTS = 5;

@Injectable()
export class LearningSessionsService {
  constructor(
    private readonly sessions: LearningSessionRepository,
    private readonly book: ConversationBook,
    private readonly clock: Clock,
  ) {}

  /** Starts a session, or answers the one that is active. */
  async start(actor: Actor, conversationId: string): Promise<LearningSessionResponse> {
    const owner = ownerOf(actor);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const row =
        (await this.sessions.start(owner, conversationId, newId(), this.clock.now())) ??
        (await this.sessions.active(owner, conversationId, this.since()));
      if (row) return this.answer(row);
      if (attempt === 0) await this.book.find(owner, conversationId);
      await this.sessions.close(owner, conversationId, this.since());
    }
    throw platformErrors.overloaded({ retryAfter: 1 });
  }

  async touch(actor: Actor, conversationId: string): Promise<LearningSessionResponse> {
    const owner = ownerOf(actor);
    const row = await this.sessions.touch(owner, conversationId, this.since(), this.clock.now());
    if (!row) throw await this.missing(owner, conversationId);
    return this.answer(row);
  }

  async end(actor: Actor, conversationId: string): Promise<LearningSessionResponse> {
    const owner = ownerOf(actor);
    const row = await this.sessions.end(owner, conversationId, this.since(), this.clock.now());
    if (!row) throw await this.missing(owner, conversationId);
    return this.answer(row);
  }

  async status(
    actor: Actor,
    conversationId: string,
  ): Promise<LearningSessionResponse | NoLearningSessionResponse> {
    const owner = ownerOf(actor);
    const row = await this.sessions.active(owner, conversationId, this.since());
    if (row) return this.answer(row);
    await this.book.find(owner, conversationId);
    return { status: 'inactive' };
  }

  private since(): Date {
    return this.clock.after(-SILENCE);
  }

  private answer(row: LearningSession): LearningSessionResponse {
    return LearningSessionResponse.from(row, this.clock.now());
  }

  private async missing(owner: Owner, conversationId: string): Promise<AppError> {
    await this.book.find(owner, conversationId);
    return conversationErrors.learning_session_not_found();
  }
}
