import { Injectable } from '@nestjs/common';
import { toOwner } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/index.js';
import { type JsonList, windowBySequence, toJsonList, type PageQuery } from '@/platform/pagination/index.js';
import { ConversationFinder } from '../conversation-finder.js';
import { MessageRepository } from './persistence/message.repository.js';

/** Lists the messages of a conversation. */
@Injectable()
export class MessagesService {
  constructor(
    private readonly messages: MessageRepository,
    private readonly conversationFinder: ConversationFinder,
  ) {}

  /** Throws `conversation_not_found`, or `two_factor_required` when a session with a second factor would find it. */
  async list(actor: Actor, conversationId: string, query: PageQuery): Promise<JsonList> {
    const owner = toOwner(actor);
    const window = windowBySequence(query);
    const page = await this.messages.list(owner, conversationId, window);
    if (page.rows.length === 0) await this.conversationFinder.find(owner, conversationId);
    return toJsonList(page);
  }
}
