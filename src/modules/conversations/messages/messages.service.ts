import { Injectable } from '@nestjs/common';
import { ownerOf } from '@/modules/organizations/index.js';
import type { Actor } from '@/platform/access/actor.js';
import { bySequence, page, type PageQuery } from '@/platform/pagination/page.js';
import { ConversationBook } from '../conversation-finder.js';
import { ConversationMessageResponse } from './dto/message.response.js';
import { MessageRepository } from './persistence/message.repository.js';

@Injectable()
export class MessagesService {
  constructor(
    private readonly messages: MessageRepository,
    private readonly book: ConversationBook,
  ) {}

  async list(actor: Actor, conversationId: string, query: PageQuery): Promise<ConversationMessageResponse[]> {
    const owner = ownerOf(actor);
    const window = bySequence(query);
    const rows = await this.messages.list(owner, conversationId, window);
    if (rows.length === 0) await this.book.find(owner, conversationId);
    return page(window, rows, ({ seq }) => seq).map((row) => ConversationMessageResponse.from(row));
  }
}
