import { Injectable } from '@nestjs/common';
import { ownerListStatements, ownerPageStatement } from '@/modules/conversations/persistence/owner-list.js';
import type { Owner } from '@/modules/organizations/index.js';
import type { PageWindow } from '@/platform/pagination/index.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { Message } from './message.entity.js';

/** The subquery checks the owner once, not for each row, so that a page is one index scan. */
const LIST = ownerListStatements(
  { name: 'messages.list', alias: 'c', nextPageCondition: 'm.seq > $5::int' },
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
    return this.query<Message>(...ownerPageStatement(LIST, owner, [conversationId], window));
  }
}
