import { Injectable } from '@nestjs/common';
import type { Conversation } from '@/modules/conversations/persistence/conversation.entity.js';
import { upsertSearchEntriesSql } from '@/modules/conversations/persistence/search-index-sql.js';
import { type Owner, scopeToOwner, ownerParameters, forOwner } from '@/modules/organizations/index.js';
import { RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { Message } from './message.entity.js';

type NewMessage = Omit<Message, 'seq'>;

/** FOR NO KEY UPDATE does not block inserts of rows with a foreign key to the conversation. */
const LOCK_CONVERSATION = scopeToOwner(
  'turns.lock',
  'c',
  (ownerFilter) =>
    `SELECT c.* FROM conversations c WHERE c.id = $3 AND ${ownerFilter} FOR NO KEY UPDATE OF c`,
);

const FIND_LATEST = {
  name: 'turns.latest',
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

const FIND_LAST_QUESTIONS = scopeToOwner(
  'turns.last_questions',
  'c',
  (ownerFilter) => `SELECT m.content FROM conversations c JOIN messages m ON m.conversation_id = c.id
    WHERE c.id = $3 AND ${ownerFilter} AND m.role = 'user' ORDER BY m.seq DESC LIMIT $4`,
);

const FIND_FIRST_USER_MESSAGE = {
  name: 'turns.first_user_message',
  text: `SELECT content FROM messages WHERE conversation_id = $1 AND role = 'user' ORDER BY seq LIMIT 1`,
};

const SET_TITLE_IF_UNTITLED = {
  name: 'turns.set_title',
  text: `WITH c AS (UPDATE conversations SET title = $2, titled = true WHERE id = $1 AND NOT titled RETURNING *),
      entry AS (${upsertSearchEntriesSql('conversation', 'FROM c')})
    SELECT id FROM c`,
};

/**
 * Appends messages. `lockConversation` checks the owner; the caller calls the other methods in the transaction
 * that holds this lock, or with the id of a conversation whose owner was checked before. `findLastQuestions` checks it too.
 */
@Injectable()
export class TurnRepository extends RepositoryBase<Message> {
  constructor(unitOfWork: UnitOfWork) {
    super(unitOfWork, Message);
  }

  async lockConversation(owner: Owner, conversationId: string): Promise<Conversation | undefined> {
    const values = [...ownerParameters(owner), conversationId];
    return this.one<Conversation>(forOwner(LOCK_CONVERSATION, owner), values);
  }

  /**
   * Returns the latest messages without failed answers, newest first: at most `maxMessages`, and none that is preceded by
   * `maxCharacters` or more of newer messages.
   */
  findLatest(
    conversationId: string,
    maxMessages: number,
    maxCharacters: number,
  ): Promise<Pick<Message, 'id' | 'role' | 'content' | 'finish_reason'>[]> {
    return this.query(FIND_LATEST, [conversationId, maxMessages, maxCharacters]);
  }

  /** Appends a message and its search entry. Returns undefined when the conversation has been deleted. */
  async append(message: NewMessage): Promise<Pick<Conversation, 'titled'> | undefined> {
    const { id, conversation_id, role, content, provider, model, finish_reason, created_at } = message;
    const json = [message.usage && JSON.stringify(message.usage), JSON.stringify(message.sources)];
    const values = [conversation_id, id, role, content, provider, model, finish_reason, ...json, created_at];
    return this.one<Pick<Conversation, 'titled'>>(APPEND, values);
  }

  /** Returns the contents of the last user messages, newest first; none for a conversation of another owner. */
  async findLastQuestions(owner: Owner, conversationId: string, limit: number): Promise<string[]> {
    const values = [...ownerParameters(owner), conversationId, limit];
    const rows = await this.query<{ content: string }>(forOwner(FIND_LAST_QUESTIONS, owner), values);
    return rows.map(({ content }) => content);
  }

  /** Returns the content of the first user message, or an empty string without one. */
  async findFirstUserMessage(conversationId: string): Promise<string> {
    return (await this.one<{ content: string }>(FIND_FIRST_USER_MESSAGE, [conversationId]))?.content ?? '';
  }

  /** Returns false when the conversation already has a title. */
  setTitleIfUntitled(conversationId: string, title: string): Promise<boolean> {
    return this.affectedOneRow(SET_TITLE_IF_UNTITLED, [conversationId, title]);
  }
}
