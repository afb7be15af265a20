import { Injectable } from '@nestjs/common';
import type { Conversation } from '@/modules/conversations/persistence/conversation.entity.js';
import { upsertSearchEntriesSql } from '@/modules/conversations/persistence/search-index-sql.js';
import { type Owner, scopeToOwner, ownerParameters, forOwner } from '@/modules/organizations/index.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { Message } from './message.entity.js';

type NewMessage = Omit<Message, 'seq'>;

/** Locks without standing in the way of rows that only refer to the conversation. */
const LOCK_CONVERSATION = scopeToOwner(
  'turns.lock',
  'c',
  (ownerFilter) =>
    `SELECT c.* FROM conversations c WHERE c.id = $3 AND ${ownerFilter} FOR NO KEY UPDATE OF c`,
);

const FIND_LATEST = {
  name: 'turns.before',
  text: `SELECT id, role, content, finish_reason FROM (
           SELECT m.*, sum(length(content)) OVER (ORDER BY seq DESC) - length(content) AS after
           FROM (SELECT * FROM messages WHERE conversation_id = $1 AND finish_reason IS DISTINCT FROM 'error'
                 ORDER BY seq DESC LIMIT $2) m) x
         WHERE after < $3 ORDER BY seq DESC`,
};

const APPEND = {
  name: 'turns.append',
  text: `WITH c AS (
      UPDATE conversations SET message_count = message_count + 1, updated_at = $10 WHERE id = $1 RETURNING *
    ), m AS (
      INSERT INTO messages
        (id, conversation_id, seq, role, content, provider, model, finish_reason, usage, sources, created_at)
      SELECT $2, c.id, c.message_count, $3, $4, $5, $6, $7, $8::jsonb, $9::jsonb, $10 FROM c RETURNING *
    ), entry AS (${upsertSearchEntriesSql('message', `FROM m CROSS JOIN c WHERE m.role <> 'system'`)})
    SELECT titled FROM c`,
};

const FIND_FIRST_USER_MESSAGE = {
  name: 'turns.question',
  text: `SELECT content FROM messages WHERE conversation_id = $1 AND role = 'user' ORDER BY seq LIMIT 1`,
};

const SET_TITLE_IF_UNTITLED = {
  name: 'turns.name',
  text: `WITH c AS (UPDATE conversations SET title = $2, titled = true WHERE id = $1 AND NOT titled RETURNING *),
      entry AS (${upsertSearchEntriesSql('conversation', 'FROM c')})
    SELECT id FROM c`,
};

/** Writing turns. Only `lock` asks whose conversation it is: the rest is for who holds it, in the same transaction. */
@Injectable()
export class TurnRepository extends RepositoryBase<Message> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, Message);
  }

  async lockConversation(owner: Owner, conversationId: string): Promise<Conversation | undefined> {
    const values = [...ownerParameters(owner), conversationId];
    return this.one<Conversation>(forOwner(LOCK_CONVERSATION, owner), values);
  }

  /** The last so many turns that did not break off, newest first, and no more than begin within so many characters. */
  findLatest(
    conversationId: string,
    maxMessages: number,
    maxCharacters: number,
  ): Promise<Pick<Message, 'id' | 'role' | 'content' | 'finish_reason'>[]> {
    return this.query(FIND_LATEST, [conversationId, maxMessages, maxCharacters]);
  }

  /** Stores a turn with its search entry. Undefined when the conversation is gone. */
  async append(message: NewMessage): Promise<Pick<Conversation, 'titled'> | undefined> {
    const { id, conversation_id, role, content, provider, model, finish_reason, created_at } = message;
    const json = [message.usage && JSON.stringify(message.usage), JSON.stringify(message.sources)];
    const values = [conversation_id, id, role, content, provider, model, finish_reason, ...json, created_at];
    return this.one<Pick<Conversation, 'titled'>>(APPEND, values);
  }

  /** What the conversation began with. */
  async findFirstUserMessage(conversationId: string): Promise<string> {
    return (await this.one<{ content: string }>(FIND_FIRST_USER_MESSAGE, [conversationId]))?.content ?? '';
  }

  /** False when it has a title of its own already. */
  setTitleIfUntitled(conversationId: string, title: string): Promise<boolean> {
    return this.affectedOneRow(SET_TITLE_IF_UNTITLED, [conversationId, title]);
  }
}
