import { Injectable } from '@nestjs/common';
import type { AppError } from '@/platform/errors/index.js';
import { type Owner, HiddenRowExplainer } from '../organizations/index.js';
import { conversationErrors } from './conversations.errors.js';
import type { Conversation } from './persistence/conversation.entity.js';
import { ConversationRepository } from './persistence/conversation.repository.js';

/** Finds conversations of an owner. */
@Injectable()
export class ConversationFinder {
  constructor(
    private readonly conversations: ConversationRepository,
    private readonly hiddenRowExplainer: HiddenRowExplainer,
  ) {}

  /** Throws `conversation_not_found`, or `two_factor_required` when a session with a second factor would find it. */
  async find(owner: Owner, id: string): Promise<Conversation> {
    const row = await this.conversations.find(owner, id);
    if (!row) throw await this.notFoundError(owner, id);
    return row;
  }

  /** Returns the error that `find` would throw for this conversation. */
  notFoundError(owner: Owner, id: string): Promise<AppError> {
    return this.hiddenRowExplainer.explainMissingRow(
      'conversations',
      id,
      owner,
      conversationErrors.conversation_not_found,
    );
  }
}
