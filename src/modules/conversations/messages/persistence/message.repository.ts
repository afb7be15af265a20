import { Injectable } from '@nestjs/common';
import { ownerTextListStatements, textListForOwner } from '@/modules/conversations/persistence/owner-list.js';
import { type Owner, ownerParameters } from '@/modules/organizations/index.js';
import type { PageWindow } from '@/platform/pagination/index.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { Message } from './message.entity.js';

/** The subquery checks the owner once, not for each row, so that a page is one index scan. */
const LIST = ownerTextListStatements(
  {
    name: 'messages.list',
    alias: 'c',
    nextPageCondition: 'm.seq > $5::int',
    bytes: 'octet_length(p.content) + pg_column_size(p.sources)',
  },
  (ownerFilter, after) => `SELECT m.* FROM messages m
    WHERE m.conversation_id = (SELECT c.id FROM conversations c WHERE c.id = $3 AND ${ownerFilter}) ${after}
    ORDER BY m.seq LIMIT $4`,
);

/** Reads the messages of conversations. */
@Injectable()
export class MessageRepository extends RepositoryBase<Message> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, Message);
  }

  /** Returns messages, oldest first; none when the conversation does not belong to the owner. */
  list(owner: Owner, conversationId: string, window: PageWindow<number>): Promise<Message[]> {
    const values = [...ownerParameters(owner), conversationId];
    return this.page(textListForOwner(LIST, owner), values, window);
  }
}
