import { Injectable } from '@nestjs/common';
import { ownerTextListStatements, textListForOwner } from '@/modules/conversations/persistence/owner-list.js';
import { type Owner, ownerParameters } from '@/modules/organizations/index.js';
import type { JsonPage, PageWindow } from '@/platform/pagination/index.js';
import { jsonObjectSql, jsonTimestampSql, RepositoryBase, UnitOfWork } from '@/platform/persistence/index.js';
import { Message } from './message.entity.js';

/** A message as in `ConversationMessageResponse.from`. */
const MESSAGE_JSON = jsonObjectSql({
  id: 'id',
  conversation_id: 'conversation_id',
  role: 'role',
  content: 'content',
  provider: 'provider',
  model: 'model',
  finish_reason: 'finish_reason',
  complete: `coalesce(finish_reason = 'stop', true)`,
  sources: 'sources',
  usage: 'usage',
  created_at: jsonTimestampSql('created_at'),
});

/**
 * Documents that an answer cited can be deleted, or be shared no longer: such sources are shown without their content. `$2` is
 * the organization of an API key, or whether a session has a second factor.
 */
const VISIBLE_SOURCES = `CASE WHEN m.sources @> '[{"type": "document"}]'
  THEN knowledge_visible_sources(m.sources, $1::uuid, $2::text) ELSE m.sources END`;

const COLUMNS = `m.id, m.conversation_id, m.seq, m.role, m.content, m.provider, m.model, m.finish_reason, m.usage,
  m.created_at, ${VISIBLE_SOURCES} AS sources`;

/** The subquery checks the owner once, not for each row, so that a page is one index scan. */
const LIST = ownerTextListStatements(
  {
    name: 'messages.list',
    alias: 'c',
    nextPageCondition: 'm.seq > $5::int',
    bytes: 'octet_length(p.content) + pg_column_size(p.sources)',
    position: 'seq',
    json: MESSAGE_JSON,
    limit: '$4',
  },
  (ownerFilter, after) => `SELECT ${COLUMNS} FROM messages m
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
  list(owner: Owner, conversationId: string, window: PageWindow<number>): Promise<JsonPage<number>> {
    const values = [...ownerParameters(owner), conversationId];
    return this.jsonPage(textListForOwner(LIST, owner), values, window);
  }

  /** Returns messages for an export, oldest first. */
  listPart(owner: Owner, conversationId: string, window: PageWindow<number>): Promise<Message[]> {
    const values = [...ownerParameters(owner), conversationId];
    return this.part(textListForOwner(LIST, owner), values, window);
  }
}
